package org.bitindex.bert;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.bitindex.calibrate.Calibration;
import org.bitindex.calibrate.Clipping;
import org.bitindex.calibrate.Gptq;
import org.bitindex.calibrate.GramMatrix;
import org.bitindex.code.Code;
import org.bitindex.encode.Encoder;
import org.bitindex.encode.Pruning;
import org.bitindex.encode.ScaleMode;
import org.bitindex.encode.Thresholds;
import org.bitindex.layout.Layout;
import org.bitindex.matrix.EncodedMatrix;
import org.bitindex.matrix.Weights;
import org.jspecify.annotations.Nullable;

/**
 * How the linear layers of a block are encoded, with a scale for each row, in the adaptive layout.
 *
 * @param name for people and for the command line
 * @param codes one for each of {@link Bert.Block#linearLayers()}
 * @param sparsity share of the weights that are pruned first, by magnitude, in each layer
 */
public record Scheme(String name, List<CodeChoice> codes, double sparsity) {
  /** A code that may depend on the weights. */
  @FunctionalInterface
  public interface CodeChoice {
    Code of(Weights weights);
  }

  /** What `bie minilm` compares. */
  public static List<Scheme> all() {
    return List.of(
        same("symmetric8", new Code.Symmetric(8)),
        same("symmetric6", new Code.Symmetric(6)),
        same("symmetric5", new Code.Symmetric(5)),
        same("symmetric4", new Code.Symmetric(4)),
        same("symmetric3", new Code.Symmetric(3)),
        same("symmetric2", new Code.Symmetric(2)),
        same("affine6", new Code.Affine(6)),
        same("affine5", new Code.Affine(5)),
        mixed(),
        same("affine4", new Code.Affine(4)),
        same("affine3", new Code.Affine(3)),
        same("affine2", new Code.Affine(2)),
        new Scheme("ternary", repeat(weights -> Thresholds.ternary(weights, 0.5)), 0),
        new Scheme("binary", repeat(weights -> Thresholds.binary(weights, 0.5)), 0),
        pruned(5, 30),
        pruned(5, 50),
        pruned(5, 70),
        pruned(4, 80),
        pruned(4, 90));
  }

  /**
   * The scheme of this name.
   *
   * @throws IllegalArgumentException if there is none
   */
  public static Scheme of(String name) {
    return all().stream()
        .filter(scheme -> scheme.name().equals(name))
        .findFirst()
        .orElseThrow(() ->
            new IllegalArgumentException(
                "no scheme is named "
                    + name
                    + ", there are "
                    + String.join(", ", all().stream().map(Scheme::name).toList())));
  }

  /** Four bits for queries and keys, whose errors reach the embeddings least, five for the rest. */
  private static Scheme mixed() {
    CodeChoice four = _ -> new Code.Affine(4);
    CodeChoice five = _ -> new Code.Affine(5);
    return new Scheme("mixed", List.of(four, four, five, five, five, five), 0);
  }

  private static Scheme same(String name, Code code) {
    return new Scheme(name, repeat(_ -> code), 0);
  }

  private static Scheme pruned(int bits, int percent) {
    Code code = new Code.Symmetric(bits);
    return new Scheme("symmetric" + bits + "-pruned" + percent, repeat(_ -> code), percent / 100.0);
  }

  private static List<CodeChoice> repeat(CodeChoice code) {
    return List.of(code, code, code, code, code, code);
  }

  /**
   * Encodes all linear layers; the caller closes the matrices.
   *
   * @param inputs for each layer, to calibrate, or null
   */
  public Bert<LinearWeights> encode(
      Bert<LinearWeights> model, @Nullable List<GramMatrix> inputs, int threads) {
    var place = new AtomicInteger();
    return model.map(layer -> {
      int at = place.getAndIncrement();
      GramMatrix moments = inputs == null ? null : inputs.get(at);
      return encode(layer, at % codes.size(), moments, threads);
    });
  }

  /**
   * Encodes a layer.
   *
   * @param place of the layer in its block
   * @param inputs moments of the layer's inputs to calibrate with, or null not to calibrate
   * @return a layer whose encoded weights the caller closes
   */
  private LinearWeights encode(
      LinearWeights layer, int place, @Nullable GramMatrix inputs, int threads) {
    Weights pruned = Pruning.global(layer.weights(), sparsity);
    Code code = codes.get(place).of(pruned);
    var encoder = new Encoder(code, ScaleMode.ROW, new Layout.Adaptive(), threads);
    return inputs == null
        ? new LinearWeights(encoder.encode(pruned), layer.bias())
        : calibrate(layer, pruned, encoder, inputs);
  }

  /** The bias makes up for the mean error, so all other steps look at inputs about their mean. */
  private static LinearWeights calibrate(
      LinearWeights layer, Weights pruned, Encoder encoder, GramMatrix inputs) {
    GramMatrix centred = inputs.centred();
    Weights start =
        encoder.code() instanceof Code.Symmetric symmetric
            ? Clipping.clip(pruned, symmetric, centred, encoder.threads())
            : pruned;
    try (EncodedMatrix first = encoder.encode(start)) {
      EncodedMatrix rounded =
          Gptq.round(
              layer.weights(), pruned, fit(pruned, first, centred), centred, encoder.threads());
      EncodedMatrix fitted = fit(layer.weights(), rounded, centred);
      return new LinearWeights(
          fitted, Calibration.bias(layer.weights(), fitted, layer.bias(), inputs.mean()));
    }
  }

  /** Codes that hold no negative numbers need offsets; the others keep zeros zero. */
  private static EncodedMatrix fit(Weights original, EncodedMatrix encoded, GramMatrix inputs) {
    return switch (encoded.code()) {
      case Code.Affine _, Code.Binary _ ->
          Calibration.rowScalesAndOffsets(original, encoded, inputs);
      case Code.Symmetric _, Code.Ternary _ -> Calibration.rowScales(original, encoded, inputs);
    };
  }
}
