package org.bitindex.io;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.bitindex.encode.Encoder;
import org.bitindex.layout.Layout;
import org.bitindex.layout.StoredPlanes;
import org.bitindex.matrix.DenseMatrix;
import org.bitindex.matrix.EncodedMatrix;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs {@code docs/read_bie.py}, which knows of the format only what its documentation says. */
class PythonReaderTest {
  @TempDir Path folder;

  @Test
  void decodesEveryCodeAndLayoutAsWeDo() throws Exception {
    Path path = folder.resolve("model.safetensors");
    DenseMatrix weights = SampleModels.weights(8, 700, 3);
    var writer = new ModelWriter();
    List<EncodedMatrix> matrices = new ArrayList<>();
    List<String> expected = new ArrayList<>();
    Set<String> containers = new TreeSet<>();
    for (Encoder encoder : SampleModels.encoders()) {
      EncodedMatrix matrix = encoder.encode(weights);
      String name = SampleModels.name(encoder).replace(" ", "");
      matrices.add(matrix);
      writer.add(name, matrix);
      expected.add(SampleModels.fingerprint(name, matrix));
      if (encoder.layout() instanceof Layout.Adaptive(int blockColumns)) {
        String width = blockColumns <= 256 ? "U8" : "U16";
        addFirstContainers(matrix.planes(), width, containers);
      }
    }
    assertThat(containers)
        .contains("empty", "full", "bitmap", "list U8", "list U16", "runs", "Rice");
    writer.write(path, IfExists.REFUSE);
    matrices.forEach(EncodedMatrix::close);
    assertThat(Python.run("../docs/read_bie.py", path)).isEqualTo(expected);
  }

  /** The kind of the first container of each row, as docs/format.md numbers them. */
  private static void addFirstContainers(StoredPlanes planes, String width, Set<String> kinds) {
    for (int p = 0; p < planes.count(); p++) {
      MemorySegment offsets = planes.arrays().get(2 * p).data();
      MemorySegment data = planes.arrays().get(2 * p + 1).data();
      for (int row = 0; row < planes.rows(); row++) {
        int at = offsets.getAtIndex(ValueLayout.JAVA_INT_UNALIGNED, row);
        kinds.add(
            switch (data.get(ValueLayout.JAVA_BYTE, at)) {
              case 0 -> "empty";
              case 1 -> "full";
              case 2 -> "bitmap";
              case 3 -> "list " + width;
              case 4 -> "runs";
              default -> "Rice";
            });
      }
    }
  }
}
