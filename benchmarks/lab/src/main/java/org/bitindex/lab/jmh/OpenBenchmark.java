package org.bitindex.lab.jmh;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.bitindex.cli.measure.Workload;
import org.bitindex.io.IfExists;
import org.bitindex.io.ModelFile;
import org.bitindex.io.ModelWriter;
import org.bitindex.matrix.EncodedMatrix;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/** The time to open an encoded file, and to verify all of it; the file is in the page cache. */
public class OpenBenchmark extends AverageTime {
  @Param({"symmetric4"})
  public String code;

  @Param({"adaptive"})
  public String layout;

  @Param({"2048x1024"})
  public String shape;

  /** Share of weights that are not zero. */
  @Param({"0.1"})
  public double density;

  private Path file;

  /** Writes the file. */
  @Setup
  public void setUp() throws IOException {
    file = Files.createTempFile("bie", ".safetensors");
    try (EncodedMatrix weights =
        Workload.encode(Workload.weights(shape, density), code, layout, 1)) {
      new ModelWriter().add("weights", weights).write(file, IfExists.REPLACE);
    }
  }

  /** Deletes the file. */
  @TearDown
  public void tearDown() throws IOException {
    Files.delete(file);
  }

  /** Opens and closes. */
  @Benchmark
  public int open() throws IOException {
    try (ModelFile model = ModelFile.open(file)) {
      return model.matrices().size();
    }
  }

  /** Opens, reads and checks everything, and closes. */
  @Benchmark
  public int openAndVerify() throws IOException {
    try (ModelFile model = ModelFile.open(file)) {
      model.verify();
      return model.matrices().size();
    }
  }
}
