package org.bitindex.graph.operator;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import org.bitindex.graph.tensor.Tensor;
import org.bitindex.internal.Parallel;
import org.bitindex.onnx.Attribute;

/**
 * A chain of operations of each element with constants, piece after piece of a tensor, which the
 * first cache holds: each operation is rounded as a node of its own would.
 */
public final class Pointwise {
  /** An operation of an element y with a constant c; k is an element kept before. */
  public enum Operation {
    /** y + c. */
    ADD,
    /** y - c. */
    SUBTRACT,
    /** y * c. */
    MULTIPLY,
    /** y / c. */
    DIVIDE,
    /** The greater of y and c. */
    MAX,
    /** The lesser of y and c. */
    MIN,
    /** k becomes y. */
    KEEP,
    /** k * y. */
    MULTIPLY_KEPT
  }

  /** An operation with its constant, 0 where it has none. */
  public record Step(Operation operation, float constant) {}

  private static final String OPERATIONS = "operations";
  private static final String CONSTANTS = "constants";
  private static final String VECTORS = "vectors";

  private static final int PARALLEL = 1 << 14;
  private static final int PIECE = 1 << 11;

  private Pointwise() {}

  /**
   * The attributes of a node.
   *
   * @param vectors whether a constant is a vector of one element, not a number
   */
  public static SequencedMap<String, Attribute> attributes(List<Step> steps, boolean vectors) {
    float[] constants = new float[steps.size()];
    for (int i = 0; i < constants.length; i++) {
      constants[i] = steps.get(i).constant();
    }
    var attributes = new LinkedHashMap<String, Attribute>();
    attributes.put(
        OPERATIONS,
        new Attribute.Texts(steps.stream().map(step -> step.operation().name()).toList()));
    attributes.put(CONSTANTS, new Attribute.Reals(constants));
    attributes.put(VECTORS, new Attribute.Int(vectors ? 1 : 0));
    return attributes;
  }

  static Operator.Single create(NodeContext node) {
    List<String> operations = node.node().texts(OPERATIONS);
    float[] constants = node.node().reals(CONSTANTS);
    List<Step> steps = new ArrayList<>();
    for (int i = 0; i < operations.size(); i++) {
      float constant = constants == null ? 0 : constants[i];
      steps.add(new Step(Operation.valueOf(operations.get(i)), constant));
    }
    boolean vectors = node.flag(VECTORS, false);
    return in -> {
      Tensor y = run(in.get(0), steps, node.threads());
      return vectors && y.rank() == 0 ? y.reshaped(1) : y;
    };
  }

  private static Tensor run(Tensor x, List<Step> steps, int threads) {
    float[] from = x.floats();
    float[] y = new float[from.length];
    Parallel.forRows(
        y.length >= PARALLEL ? threads : 1,
        Math.ceilDiv(y.length, PIECE),
        (first, end) -> {
          float[] kept = new float[PIECE];
          for (int i = first * PIECE; i < Math.min(y.length, end * PIECE); i += PIECE) {
            int count = Math.min(PIECE, y.length - i);
            System.arraycopy(from, i, y, i, count);
            for (Step step : steps) {
              run(step.operation(), step.constant(), y, i, i + count, kept);
            }
          }
        });
    return Tensor.ofFloats(x.type(), x.shape(), y);
  }

  private static void run(Operation operation, float c, float[] y, int from, int to, float[] k) {
    switch (operation) {
      case ADD -> {
        for (int i = from; i < to; i++) {
          y[i] += c;
        }
      }
      case SUBTRACT -> {
        for (int i = from; i < to; i++) {
          y[i] -= c;
        }
      }
      case MULTIPLY -> {
        for (int i = from; i < to; i++) {
          y[i] *= c;
        }
      }
      case DIVIDE -> {
        for (int i = from; i < to; i++) {
          y[i] /= c;
        }
      }
      case MAX -> {
        for (int i = from; i < to; i++) {
          y[i] = Math.max(y[i], c);
        }
      }
      case MIN -> {
        for (int i = from; i < to; i++) {
          y[i] = Math.min(y[i], c);
        }
      }
      case KEEP -> System.arraycopy(y, from, k, 0, to - from);
      case MULTIPLY_KEPT -> {
        for (int i = from; i < to; i++) {
          y[i] *= k[i - from];
        }
      }
    }
  }
}
