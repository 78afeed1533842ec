package org.bitindex.lab.jmh;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.bitindex.cli.measure.Workload;
import org.bitindex.io.IfExists;
import org.bitindex.io.ModelFile;
import org.bitindex.io.ModelWriter;
import org.bitindex.matrix.EncodedMatrix;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** The time to open an encoded file, and to verify all of it; the file is in the page cache. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@Fork(
    value = 1,
    jvmArgsAppend = {"--add-modules=jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED"})
public class OpenBenchmark {
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
