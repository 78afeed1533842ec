package org.bitindex.io;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.bitindex.encode.Encoder;
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
    for (Encoder encoder : SampleModels.encoders()) {
      EncodedMatrix matrix = encoder.encode(weights);
      String name = SampleModels.name(encoder).replace(" ", "");
      matrices.add(matrix);
      writer.add(name, matrix);
      expected.add(SampleModels.fingerprint(name, matrix));
    }
    writer.write(path, IfExists.REFUSE);
    matrices.forEach(EncodedMatrix::close);
    assertThat(Python.run("../docs/read_bie.py", path)).isEqualTo(expected);
  }
}
