package org.bitindex.io;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.bitindex.encode.Encoder;
import org.bitindex.layout.ElementType;
import org.bitindex.layout.Layout;
import org.bitindex.layout.StoredArray;
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
    Set<String> forms = new TreeSet<>();
    for (Encoder encoder : SampleModels.encoders()) {
      EncodedMatrix matrix = encoder.encode(weights);
      String name = SampleModels.name(encoder).replace(" ", "");
      matrices.add(matrix);
      writer.add(name, matrix);
      expected.add(SampleModels.fingerprint(name, matrix));
      if (encoder.layout().equals(new Layout.Adaptive(1))) {
        addForms(matrix.planes().arrays().getFirst(), matrix.rows(), forms);
      }
    }
    assertThat(forms).contains("clear", "density", "plain", "gaps", "flipped");
    writer.write(path, IfExists.REFUSE);
    matrices.forEach(EncodedMatrix::close);
    assertThat(Python.run("../docs/read_bie.py", path)).isEqualTo(expected);

    try (ModelFile fewer = ModelFile.open(path, 3)) {
      List<String> ofThreeBits = new ArrayList<>();
      fewer
          .matrices()
          .forEach((name, matrix) -> ofThreeBits.add(SampleModels.fingerprint(name, matrix)));
      assertThat(ofThreeBits).isNotEqualTo(expected);
      assertThat(Python.run("../docs/read_bie.py", path, "3")).isEqualTo(ofThreeBits);
    }
  }

  /** The form of the first plane's string in each block, as docs/format.md numbers them. */
  private static void addForms(StoredArray plane, int blocks, Set<String> forms) {
    long at = 4L * (blocks - 1);
    for (int block = 0; block < blocks; block++) {
      int form = (int) plane.get(at) >>> 1 & 63;
      int kind = form & 31;
      forms.add(kind == 0 ? "clear" : kind < 16 ? "density" : kind == 16 ? "plain" : "gaps");
      if (form >= 32) {
        forms.add("flipped");
      }
      at += block < blocks - 1 ? ElementType.U32.get(plane.data(), block) : 0;
    }
  }
}
