package org.bitindex.lab.speed;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.bitindex.backend.Backend;
import org.bitindex.backend.Linear;
import org.bitindex.backend.Plan;
import org.bitindex.code.Code;
import org.bitindex.encode.Coding;
import org.bitindex.encode.Recipe;
import org.bitindex.encode.ScaleMode;
import org.bitindex.generate.DecoderWeights;
import org.bitindex.generate.Projection;
import org.bitindex.layout.Layout;
import org.bitindex.matrix.EncodedMatrix;
import org.bitindex.matrix.Weights;
import org.jspecify.annotations.Nullable;

/** Encoded random weights of a decoder, Gaussian; its embeddings are random too. */
public final class RandomDecoder implements DecoderWeights {
  private static final float DEVIATION = 0.02f;

  private final Recipe recipe;
  private final Backend backend;
  private final int activationBits;
  private final List<EncodedMatrix> matrices = new ArrayList<>();
  private final List<Plan> plans = new ArrayList<>();
  private @Nullable Projection head;

  /** Weights in a code with given bits, which multiply on {@code backend}. */
  public RandomDecoder(Code code, Backend backend, int activationBits, int threads) {
    this.recipe =
        new Recipe(
            0,
            new Coding.MinMax(_ -> trained(code)),
            ScaleMode.ROW,
            new Layout.Adaptive(),
            threads);
    this.backend = backend;
    this.activationBits = activationBits;
  }

  /** A third of the weights of ternary networks is zero. */
  private static Code trained(Code code) {
    float third = 0.43f * DEVIATION;
    return code instanceof Code.Ternary ? new Code.Ternary(-third, third) : code;
  }

  /** Row i is made from seed i whenever it is read. */
  private record Gaussian(int rows, int columns) implements Weights {
    @Override
    public void readRow(int row, float[] target) {
      var random = new SplittableRandom(row);
      for (int j = 0; j < columns; j++) {
        target[j] = (float) random.nextGaussian() * DEVIATION;
      }
    }
  }

  @Override
  public Projection linear(String name, int rows, int columns) {
    EncodedMatrix matrix = recipe.encode(new Gaussian(rows, columns));
    matrices.add(matrix);
    Plan plan = backend.plan(List.of(Linear.of(matrix)), activationBits);
    plan.prepare(1);
    plans.add(plan);
    return plan::execute;
  }

  @Override
  public float @Nullable [] vector(String name, int length) {
    if (!name.endsWith("norm.weight") || name.contains("_norm") || name.contains("sub_norm")) {
      return null;
    }
    float[] ones = new float[length];
    Arrays.fill(ones, 1);
    return ones;
  }

  @Override
  public void embedding(int token, float[] target) {
    new Gaussian(token + 1, target.length).readRow(token, target);
  }

  @Override
  public Projection head(int rows, int columns) {
    head = linear("head", rows, columns);
    return head;
  }

  /** The layer from features to logits. */
  public Projection head() {
    if (head == null) {
      throw new IllegalStateException("no decoder asked for a head");
    }
    return head;
  }

  /** Bytes of all matrices as they are stored. */
  public long bytes() {
    return matrices.stream().mapToLong(EncodedMatrix::bytes).sum();
  }

  /** Bytes that plans hold beside them. */
  public long preparedBytes() {
    return plans.stream().mapToLong(Plan::preparedBytes).sum();
  }

  @Override
  public void close() {
    plans.forEach(Plan::close);
    matrices.forEach(EncodedMatrix::close);
  }
}
