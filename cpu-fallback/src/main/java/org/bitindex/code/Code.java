package org.bitindex.code;

import java.util.stream.IntStream;

/**
 * How real weights become bit planes: an integer q for each weight, written as
 *
 * <pre>q = sum over planes p of c_p * B_p,   B_p in {0, 1}</pre>
 *
 * with one coefficient c_p = +-2^s a plane, most significant first. Plane p holds bit s of the
 * positive part of q where c_p is positive, and of the negative part where it is negative, so q = 0
 * has no bit in any plane. A code says nothing of how bits are stored; that is the layout.
 */
public sealed interface Code {
  /** The most bits that an integer q can have. */
  int MOST_BITS = 8;

  /** Name used in files: the kind of code. */
  String name();

  /**
   * The one spelling of a code for people, options and tables: binary, ternary, affine4,
   * symmetric8.
   */
  default String label() {
    return switch (this) {
      case Binary _, Ternary _ -> name();
      case Affine _, Symmetric _ -> name() + bits();
    };
  }

  /**
   * The code of this {@link #label}, binary and ternary with thresholds of 0.
   *
   * @throws IllegalArgumentException if there is none
   */
  static Code parse(String label) {
    String kind = label.replaceFirst("[1-8]$", "");
    int bits = kind.length() < label.length() ? label.charAt(kind.length()) - '0' : 0;
    return switch (kind + (bits > 0 ? "#" : "")) {
      case "binary" -> new Binary(0f);
      case "ternary" -> new Ternary(0f, 0f);
      case "affine#" -> new Affine(bits);
      case "symmetric#" -> new Symmetric(bits);
      default ->
          throw new IllegalArgumentException(
              "there is no code '"
                  + label
                  + "', there are binary, ternary, affine1 to affine8, symmetric2 to symmetric8");
    };
  }

  /** The coefficients c_p, most significant plane first. */
  int[] coefficients();

  /** Bits of an integer q, its sign included where it has one. */
  int bits();

  /** The least q, 0 or below. */
  default int lowest() {
    return IntStream.of(coefficients()).filter(c -> c < 0).sum();
  }

  /** The greatest q. */
  default int highest() {
    return IntStream.of(coefficients()).filter(c -> c > 0).sum();
  }

  /**
   * The code of the {@code bits} most significant bits, whose planes are the first of this code's:
   * its integer is q / 2^d, rounded towards zero, where d bits are left out.
   *
   * @param bits from {@link #leastBits()} to {@link #bits()}
   * @throws IllegalArgumentException if there are no such bits, or the code is binary or ternary
   */
  default Code withBits(int bits) {
    return switch (this) {
      case Binary _, Ternary _ ->
          throw new IllegalArgumentException(
              "bits is " + bits + ", but a " + name() + " code has no bits to leave out");
      case Affine _ -> new Affine(requireKept(bits));
      case Symmetric _ -> new Symmetric(requireKept(bits));
    };
  }

  /** The fewest bits of {@link #withBits}; all bits of a binary or a ternary code. */
  default int leastBits() {
    return switch (this) {
      case Binary _, Ternary _ -> bits();
      case Affine _ -> 1;
      case Symmetric _ -> 2;
    };
  }

  private int requireKept(int bits) {
    if (bits < leastBits() || bits > bits()) {
      throw new IllegalArgumentException(
          "bits is %d, allowed are %d to the %d of its %s code"
              .formatted(bits, leastBits(), bits(), name()));
    }
    return bits;
  }

  /**
   * The paper's binary code: q = 1 where the weight is above {@code threshold}, else 0.
   *
   * @param threshold tau, finite
   */
  record Binary(float threshold) implements Code {
    public Binary {
      requireFinite("threshold", threshold);
    }

    @Override
    public String name() {
      return "binary";
    }

    @Override
    public int[] coefficients() {
      return new int[] {1};
    }

    @Override
    public int bits() {
      return 1;
    }
  }

  /**
   * Signed binary: q = 1 where the weight is above {@code upper}, -1 where it is below {@code
   * lower}, else 0 (Li et al. 2016, Ternary Weight Networks).
   *
   * @param lower finite, at most {@code upper}
   * @param upper finite
   */
  record Ternary(float lower, float upper) implements Code {
    public Ternary {
      requireFinite("lower", lower);
      requireFinite("upper", upper);
      if (lower > upper) {
        throw new IllegalArgumentException("lower is " + lower + ", above upper " + upper);
      }
    }

    @Override
    public String name() {
      return "ternary";
    }

    @Override
    public int[] coefficients() {
      return new int[] {1, -1};
    }

    @Override
    public int bits() {
      return 2;
    }
  }

  /**
   * The paper's bitplane code: q = floor((w - min) / (max - min) * (2^bits - 1)), so 0 to 2^bits -
   * 1.
   *
   * @param bits number of planes, 1 to 8
   */
  record Affine(int bits) implements Code {
    public Affine {
      requireBits(bits, 1);
    }

    @Override
    public String name() {
      return "affine";
    }

    @Override
    public int[] coefficients() {
      return IntStream.range(0, bits).map(p -> 1 << (bits - 1 - p)).toArray();
    }

    /** The largest q. */
    public int levels() {
      return (1 << bits) - 1;
    }
  }

  /**
   * Sign and magnitude: q = round(w / scale), |q| at most 2^(bits-1) - 1; a zero weight has no bit
   * in any plane. Planes come in pairs of coefficients +2^s, -2^s.
   *
   * @param bits sign bit included, 2 to 8
   */
  record Symmetric(int bits) implements Code {
    public Symmetric {
      requireBits(bits, 2);
    }

    @Override
    public String name() {
      return "symmetric";
    }

    @Override
    public int[] coefficients() {
      return IntStream.range(0, 2 * (bits - 1))
          .map(p -> (p % 2 == 0 ? 1 : -1) << (bits - 2 - p / 2))
          .toArray();
    }

    /** The largest |q|. */
    public int levels() {
      return (1 << (bits - 1)) - 1;
    }
  }

  private static void requireFinite(String name, float value) {
    if (!Float.isFinite(value)) {
      throw new IllegalArgumentException(name + " is " + value + ", must be finite");
    }
  }

  private static void requireBits(int bits, int least) {
    if (bits < least || bits > MOST_BITS) {
      throw new IllegalArgumentException(
          "bits is " + bits + ", allowed are " + least + " to " + MOST_BITS);
    }
  }
}
