package org.bitindex.graph.tensor;

import java.math.BigInteger;
import java.util.Locale;
import org.bitindex.onnx.DataType;

/** Values of one type as values of another. */
public final class Conversions {
  private Conversions() {}

  /** The nearest value of FLOAT, FLOAT16 or BFLOAT16, ties to even. */
  static float round(DataType type, float value) {
    return switch (type) {
      case FLOAT16 -> Float.float16ToFloat(Float.floatToFloat16(value));
      case BFLOAT16 -> {
        int bits = Float.floatToIntBits(value);
        int odd = (bits >>> 16) & 1;
        // A NaN, whose canonical bits end in zeros, comes out as it is.
        yield Float.intBitsToFloat((bits + 0x7fff + odd) & 0xffff0000);
      }
      default -> value;
    };
  }

  /** The low bits of an integer, as a value of the type. */
  static long wrap(DataType type, long value) {
    return switch (type) {
      case INT32 -> (int) value;
      case UINT32 -> value & 0xffffffffL;
      case INT16 -> (short) value;
      case UINT16 -> value & 0xffff;
      case INT8 -> (byte) value;
      case UINT8 -> value & 0xff;
      case INT4 -> value << 60 >> 60;
      case UINT4 -> value & 0xf;
      case BOOL -> value == 0 ? 0 : 1;
      default -> value;
    };
  }

  /** The least value of an integer type. */
  public static long least(DataType type) {
    return type.isUnsigned() ? 0 : -1L << (type.bits() - 1);
  }

  /** The greatest value of an integer type; 2^63 - 1 for UINT64. */
  public static long greatest(DataType type) {
    int bits = type.isUnsigned() ? type.bits() : type.bits() - 1;
    return bits >= 63 ? Long.MAX_VALUE : (1L << bits) - 1;
  }

  /** The operator Cast: floating numbers to integers towards zero, texts as their numbers. */
  public static Tensor cast(Tensor x, DataType type) {
    if (x.type() == type) {
      return x;
    }
    int n = x.length();
    Object target = Tensor.newArray(type, n);
    switch (target) {
      case float[] values -> {
        for (int i = 0; i < n; i++) {
          values[i] = toFloat(x, i);
        }
        return Tensor.ofFloats(type, x.shape(), values);
      }
      case double[] values -> {
        for (int i = 0; i < n; i++) {
          values[i] = toDouble(x, i);
        }
      }
      case long[] values -> {
        for (int i = 0; i < n; i++) {
          values[i] = toLong(x, i, type);
        }
        return Tensor.ofLongs(type, x.shape(), values);
      }
      case String[] values -> {
        for (int i = 0; i < n; i++) {
          values[i] = toText(x, i);
        }
      }
      default -> throw new IllegalArgumentException("cannot cast to " + type);
    }
    return new Tensor(type, x.shape(), target);
  }

  private static float toFloat(Tensor x, int i) {
    return switch (x.elements()) {
      case float[] values -> values[i];
      case double[] values -> (float) values[i];
      case long[] values -> x.type() == DataType.UINT64 ? (float) unsigned(values[i]) : values[i];
      default -> Float.parseFloat(x.strings()[i].strip().replace("INF", "Infinity"));
    };
  }

  private static double toDouble(Tensor x, int i) {
    return switch (x.elements()) {
      case float[] values -> values[i];
      case double[] values -> values[i];
      case long[] values -> x.type() == DataType.UINT64 ? unsigned(values[i]) : values[i];
      default -> Double.parseDouble(x.strings()[i].strip().replace("INF", "Infinity"));
    };
  }

  private static double unsigned(long value) {
    return value >= 0 ? value : new BigInteger(Long.toUnsignedString(value)).doubleValue();
  }

  private static long toLong(Tensor x, int i, DataType type) {
    return switch (x.elements()) {
      case long[] values -> values[i];
      case String[] values -> Long.parseLong(values[i].strip());
      default -> {
        double value = x.number(i);
        yield type == DataType.BOOL ? (value != 0 ? 1 : 0) : (long) value;
      }
    };
  }

  /** Floats as NumPy prints them: the shortest digits that give the value. */
  private static String toText(Tensor x, int i) {
    return switch (x.elements()) {
      case float[] values -> plain(Float.toString(values[i]));
      case double[] values -> plain(Double.toString(values[i]));
      case long[] values ->
          x.type() == DataType.UINT64 ? Long.toUnsignedString(values[i]) : Long.toString(values[i]);
      default -> x.strings()[i];
    };
  }

  private static String plain(String java) {
    return switch (java) {
      case "Infinity" -> "INF";
      case "-Infinity" -> "-INF";
      default -> java.toLowerCase(Locale.ROOT).replace("nan", "NaN");
    };
  }
}
