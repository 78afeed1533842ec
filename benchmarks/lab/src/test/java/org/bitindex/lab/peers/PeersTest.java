package org.bitindex.lab.peers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.net.URL;
import java.net.URLClassLoader;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.bitindex.Required;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.openjdk.jmh.annotations.Param;

class PeersTest {
  private static final int[][] SIZES = {{1, 1}, {3, 5}, {7, 33}, {33, 7}, {17, 130}, {65, 257}};
  private static final int[] BATCHES = {1, 2, 3, 17, 33, 64};

  static Stream<Arguments> peersAndShapes() {
    return Peers.all().stream()
        .flatMap(peer ->
            Stream.of(SIZES)
                .flatMap(size ->
                    Stream.of(1, 2).map(threads -> Arguments.of(peer, size[0], size[1], threads))));
  }

  @ParameterizedTest(name = "{0}, {1} x {2}, threads {3}")
  @MethodSource("peersAndShapes")
  void everyPeerComputesTheProductWithItsWeights(
      PeerProvider provider, int rows, int columns, int threads) {
    assumeAvailable(provider);
    for (int batch : BATCHES) {
      PeerShape shape = new PeerShape(rows, columns, batch, threads);
      Random random = new Random(31L * rows + columns);
      try (Peer peer = provider.create(sparseGaussian(random, rows * columns), shape)) {
        assertProduct(peer, shape, sparseGaussian(random, batch * columns));
        assertProduct(peer, shape, sparseGaussian(random, batch * columns));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("org.bitindex.lab.peers.Peers#all")
  void weightsOfOnlyZerosGiveZeros(PeerProvider provider) {
    assumeAvailable(provider);
    PeerShape shape = new PeerShape(5, 40, 3, 1);
    try (Peer peer = provider.create(new float[200], shape)) {
      assertProduct(peer, shape, sparseGaussian(new Random(5), 120));
    }
  }

  @ParameterizedTest
  @MethodSource("org.bitindex.lab.peers.Peers#all")
  void weightsKeepTheirPrecision(PeerProvider provider) {
    assumeAvailable(provider);
    float[] weights = sparseGaussian(new Random(7), 65 * 257);
    try (Peer peer = provider.create(weights, new PeerShape(65, 257, 1, 1))) {
      double error = relativeError(weights, peer.weights());
      if (provider.name().startsWith("ort-q4")) {
        assertThat(error).isBetween(0.05, 0.15);
      } else if (provider.name().startsWith("ort-q2")) {
        assertThat(error).isBetween(0.4, 0.9);
      } else if (provider.name().equals("ort-int8")) {
        assertThat(error).isBetween(0.002, 0.015);
      } else {
        assertThat(error).isZero();
      }
    }
  }

  @Test
  void librariesThatAreNotOnTheClassPathAreReportedInOneSentence() throws Exception {
    URL ownClasses = Peers.class.getProtectionDomain().getCodeSource().getLocation();
    Map<String, String> reasons = new HashMap<>();
    try (var loader =
        new URLClassLoader(new URL[] {ownClasses}, ClassLoader.getPlatformClassLoader())) {
      Class<?> peers = loader.loadClass(Peers.class.getName());
      for (Object provider : (List<?>) peers.getMethod("all").invoke(null)) {
        Object reason = provider.getClass().getMethod("unavailable").invoke(provider);
        reasons.put(provider.toString(), reason.toString());
      }
    }
    assertThat(reasons).hasSize(Peers.all().size());
    assertThat(reasons.get("csr-scalar")).isEqualTo("Optional.empty");
    assertThat(reasons.get("csr-vector")).isEqualTo("Optional.empty");
    assertThat(reasons.get("ejml-csc")).contains("[EJML can't be loaded: org/ejml/");
    assertThat(reasons.get("openblas")).contains("[OpenBLAS can't be loaded: org/bytedeco/");
    assertThat(reasons.get("mkl-csr")).contains("[MKL (Maven profile peers) can't be loaded: org/");
    assertThat(reasons.get("ort-int8")).contains("[ONNX Runtime can't be loaded: ai/onnxruntime/");
  }

  @Test
  void theBenchmarkNamesEveryPeer() throws NoSuchFieldException {
    String[] names = PeersBenchmark.class.getField("peer").getAnnotation(Param.class).value();
    assertThat(names)
        .containsExactlyElementsOf(Peers.all().stream().map(Object::toString).toList());
  }

  @Test
  void badArgumentsAreNamed() {
    PeerProvider csr = Peers.byName("csr-scalar");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> csr.create(new float[5], new PeerShape(2, 3, 1, 1)))
        .withMessage("there are 5 weights, but 2 rows x 3 columns are 6");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new PeerShape(2, 3, 0, 1))
        .withMessage("batch is 0, must be positive");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Peers.byName("blas"))
        .withMessageStartingWith("there is no peer 'blas', only [openblas, ");
  }

  private static void assumeAvailable(PeerProvider provider) {
    Optional<String> reason = provider.unavailable();
    reason.ifPresent(text -> Required.isMissing(provider.name(), text));
  }

  /** |y - exact| is at most what reading the input and rounding a sum in any order can lose. */
  private static void assertProduct(Peer peer, PeerShape shape, float[] samples) {
    float[] output = new float[shape.batch() * shape.rows()];
    peer.input(samples);
    peer.multiply();
    peer.output(output);
    float[] weights = peer.weights();
    int columns = shape.columns();
    double relative = 1.001 * peer.inputError() + (columns + 8) * 0x1p-23;
    double largest = 0;
    for (float sample : samples) {
      largest = Math.max(largest, Math.abs(sample));
    }
    for (int s = 0; s < shape.batch(); s++) {
      for (int i = 0; i < shape.rows(); i++) {
        double exact = 0;
        double magnitude = 0;
        for (int j = 0; j < columns; j++) {
          exact += (double) weights[i * columns + j] * samples[s * columns + j];
          magnitude += Math.abs(weights[i * columns + j]);
        }
        assertThat(Math.abs(output[s * shape.rows() + i] - exact))
            .as("sample %d, row %d of %s", s, i, shape)
            .isLessThanOrEqualTo(relative * magnitude * largest);
      }
    }
  }

  private static double relativeError(float[] expected, float[] actual) {
    double error = 0;
    double norm = 0;
    for (int i = 0; i < expected.length; i++) {
      error += Math.pow(actual[i] - expected[i], 2);
      norm += Math.pow(expected[i], 2);
    }
    return Math.sqrt(error / norm);
  }

  private static float[] sparseGaussian(Random random, int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = random.nextInt(3) == 0 ? 0 : (float) random.nextGaussian();
    }
    return values;
  }
}
