package org.bitindex.lab.minilm;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import org.bitindex.backend.Backend;
import org.bitindex.backend.Backends;
import org.bitindex.code.Code;
import org.bitindex.encode.Encoder;
import org.bitindex.encode.ScaleMode;
import org.bitindex.graph.Network;
import org.bitindex.graph.NetworkOptions;
import org.bitindex.graph.tensor.Tensor;
import org.bitindex.io.IfExists;
import org.bitindex.io.ModelWriter;
import org.bitindex.io.OnnxFile;
import org.bitindex.lab.networks.OnnxRuntime;
import org.bitindex.layout.Layout;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole ONNX graph of the real model, not a line of which knows BERT. */
class MiniLmNetworkTest {
  private static final int BATCH = 4;
  private static final int TOKENS = 11;

  @TempDir private Path folder;

  /** Random tokens; sentence i has i tokens of padding. */
  private static Map<String, Tensor> inputs() {
    var random = new Random(3);
    long[] ids = new long[BATCH * TOKENS];
    long[] mask = new long[ids.length];
    for (int i = 0; i < ids.length; i++) {
      mask[i] = i % TOKENS < TOKENS - i / TOKENS ? 1 : 0;
      ids[i] = mask[i] * (1000 + random.nextInt(20_000));
    }
    int[] shape = {BATCH, TOKENS};
    return Map.of(
        "input_ids", Tensor.of(shape, ids),
        "attention_mask", Tensor.of(shape, mask),
        "token_type_ids", Tensor.of(shape, new long[ids.length]));
  }

  private static float[] run(Network network) {
    return network.run(inputs()).firstEntry().getValue().floats();
  }

  private static double cosine(float[] a, float[] b) {
    double ab = 0;
    double aa = 0;
    double bb = 0;
    for (int i = 0; i < a.length; i++) {
      ab += (double) a[i] * b[i];
      aa += (double) a[i] * a[i];
      bb += (double) b[i] * b[i];
    }
    return ab / Math.sqrt(aa * bb);
  }

  @Test
  void denseAgreesWithOnnxRuntime() throws Exception {
    Path model = MiniLmFiles.model(folder);
    try (Network network = Network.open(model);
        var peer = new OnnxRuntime(model, 2)) {
      float[] ours = run(network);
      float[] theirs = peer.run(inputs()).firstEntry().getValue().floats();
      assertThat(ours).hasSameSizeAs(theirs);
      float largest = 0;
      for (int i = 0; i < ours.length; i++) {
        largest = Math.max(largest, Math.abs(ours[i] - theirs[i]));
      }
      assertThat(largest).isLessThan(1e-4f);
      assertThat(cosine(ours, theirs)).isGreaterThan(0.999999);
    }
  }

  @Test
  void encodedHasTheSameBitsOnEveryBackendAndNumberOfThreads() throws Exception {
    Path path = MiniLmFiles.model(folder);
    Path encoded = folder.resolve("minilm.bie.safetensors");
    try (OnnxFile file = OnnxFile.open(path)) {
      var encoder = new Encoder(new Code.Symmetric(8), ScaleMode.ROW, new Layout.Adaptive());
      assertThat(file.matrices()).hasSizeGreaterThanOrEqualTo(36);
      var writer = new ModelWriter().graph(file.graph());
      file.matrices()
          .forEach((name, matrix) ->
              writer.use(name, file.use(name)).add(name, () -> encoder.encode(matrix)));
      file.tensorsWithout(file.matrices().keySet()).forEach(writer::add);
      writer.write(encoded, IfExists.REFUSE);
    }
    float[] dense;
    try (Network network = Network.open(path)) {
      dense = run(network);
    }
    float[] first = run(encoded, "scalar", 1);
    assertThat(run(encoded, "vector:256", 1)).isEqualTo(first);
    assertThat(run(encoded, "vector:256", 3)).isEqualTo(first);
    assertThat(first).isNotEqualTo(dense);
    assertThat(cosine(first, dense)).isGreaterThan(0.999);
  }

  private static float[] run(Path model, String name, int threads) throws IOException {
    try (Backend backend = Backends.open(name, threads);
        Network network = Network.open(model, NetworkOptions.on(backend).withThreads(threads))) {
      return run(network);
    }
  }
}
