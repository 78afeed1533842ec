package org.bitindex.graph.tensor;

import static org.bitindex.graph.tensor.ElementaryFunctions.ERF_HIGH;
import static org.bitindex.graph.tensor.ElementaryFunctions.ERF_LOW;
import static org.bitindex.graph.tensor.ElementaryFunctions.ERF_ONE;
import static org.bitindex.graph.tensor.ElementaryFunctions.ERF_SPLIT;
import static org.bitindex.graph.tensor.ElementaryFunctions.EXP;
import static org.bitindex.graph.tensor.ElementaryFunctions.EXP_GREATEST;
import static org.bitindex.graph.tensor.ElementaryFunctions.EXP_LEAST;
import static org.bitindex.graph.tensor.ElementaryFunctions.LN2_HIGH;
import static org.bitindex.graph.tensor.ElementaryFunctions.LN2_LOW;
import static org.bitindex.graph.tensor.ElementaryFunctions.LOG2_E;
import static org.bitindex.graph.tensor.ElementaryFunctions.SQRT_HALF;
import static org.bitindex.graph.tensor.ElementaryFunctions.TANH;
import static org.bitindex.graph.tensor.ElementaryFunctions.TANH_SPLIT;
import static org.bitindex.graph.tensor.ElementaryFunctions.TO_INTEGER;

import java.lang.invoke.MethodHandles;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;
import org.bitindex.internal.VectorApi;

/** Vectors of elements; what is left over goes through the functions of one float. */
final class VectorFloatFunctions implements FloatFunctions {
  private static final VectorSpecies<Float> SPECIES =
      VectorSpecies.of(float.class, VectorApi.shape(MethodHandles.lookup()));
  private static final int LANES = SPECIES.length();

  /** Parts of {@link Sums}, and the floats that join them. */
  private static final VectorSpecies<Double> PARTS = DoubleVector.SPECIES_256;

  private static final VectorSpecies<Float> FOUR = FloatVector.SPECIES_128;

  /** Whether the machine has vectors of {@link #PARTS}. */
  private static final boolean HAS_PARTS = SPECIES.vectorBitSize() >= PARTS.vectorBitSize();

  /** Masked, since rows of softmax are short. */
  @Override
  public void exp(float[] x, int from, int to) {
    for (int i = from; i < to; i += LANES) {
      VectorMask<Float> rest = SPECIES.indexInRange(i, to);
      exp(FloatVector.fromArray(SPECIES, x, i, rest)).intoArray(x, i, rest);
    }
  }

  @Override
  public void erf(float[] x, int from, int to) {
    int i = from;
    for (; i <= to - LANES; i += LANES) {
      erf(FloatVector.fromArray(SPECIES, x, i)).intoArray(x, i);
    }
    for (; i < to; i++) {
      x[i] = ElementaryFunctions.erf(x[i]);
    }
  }

  @Override
  public void gelu(float[] x, int from, int to) {
    int i = from;
    for (; i <= to - LANES; i += LANES) {
      FloatVector v = FloatVector.fromArray(SPECIES, x, i);
      FloatVector half = v.mul(0.5f);
      half.fma(erf(v.mul(SQRT_HALF)), half).intoArray(x, i);
    }
    for (; i < to; i++) {
      x[i] = ElementaryFunctions.gelu(x[i]);
    }
  }

  @Override
  public void erfGelu(float[] x, int from, int to, float divisor) {
    int i = from;
    for (; i <= to - LANES; i += LANES) {
      FloatVector v = FloatVector.fromArray(SPECIES, x, i);
      erf(v.div(divisor)).add(1f).mul(v).mul(0.5f).intoArray(x, i);
    }
    for (; i < to; i++) {
      x[i] = ElementaryFunctions.erfGelu(x[i], divisor);
    }
  }

  @Override
  public void sigmoid(float[] x, int from, int to) {
    int i = from;
    for (; i <= to - LANES; i += LANES) {
      FloatVector one = broadcast(1f);
      one.div(one.add(exp(FloatVector.fromArray(SPECIES, x, i).neg()))).intoArray(x, i);
    }
    for (; i < to; i++) {
      x[i] = ElementaryFunctions.sigmoid(x[i]);
    }
  }

  @Override
  public void tanh(float[] x, int from, int to) {
    int i = from;
    for (; i <= to - LANES; i += LANES) {
      tanh(FloatVector.fromArray(SPECIES, x, i)).intoArray(x, i);
    }
    for (; i < to; i++) {
      x[i] = ElementaryFunctions.tanh(x[i]);
    }
  }

  @Override
  public void softmax(float[] x, int from, int to) {
    int whole = from + SPECIES.loopBound(to - from);
    FloatVector most = broadcast(Float.NEGATIVE_INFINITY);
    for (int i = from; i < whole; i += LANES) {
      most = most.max(FloatVector.fromArray(SPECIES, x, i));
    }
    float max = most.reduceLanes(VectorOperators.MAX);
    for (int i = whole; i < to; i++) {
      max = Math.max(max, x[i]);
    }
    for (int i = from; i < to; i += LANES) {
      VectorMask<Float> rest = SPECIES.indexInRange(i, to);
      FloatVector.fromArray(SPECIES, x, i, rest).sub(max).intoArray(x, i, rest);
    }
    exp(x, from, to);
    float sum = (float) sum(x, from, to);
    for (int i = from; i < to; i += LANES) {
      VectorMask<Float> rest = SPECIES.indexInRange(i, to);
      FloatVector.fromArray(SPECIES, x, i, rest).div(sum).intoArray(x, i, rest);
    }
  }

  @Override
  public void layerNorm(float[] x, int from, int to, float epsilon, float[] scale, float[] bias) {
    int columns = to - from;
    float mean = (float) (sum(x, from, to) / columns);
    float variance = (float) (centre(x, from, to, mean) / columns);
    float deviation = (float) Math.sqrt(variance + epsilon);
    int whole = SPECIES.loopBound(columns);
    for (int j = 0; j < whole; j += LANES) {
      FloatVector.fromArray(SPECIES, x, from + j)
          .div(deviation)
          .mul(FloatVector.fromArray(SPECIES, scale, j))
          .add(FloatVector.fromArray(SPECIES, bias, j))
          .intoArray(x, from + j);
    }
    for (int j = whole; j < columns; j++) {
      x[from + j] = x[from + j] / deviation * scale[j] + bias[j];
    }
  }

  /** As {@link Sums#sum(float[], int, int)}, whose parts are the lanes of a vector. */
  private static double sum(float[] x, int from, int to) {
    if (!HAS_PARTS) {
      return Sums.sum(x, from, to - from);
    }
    DoubleVector parts = DoubleVector.zero(PARTS);
    int i = from;
    for (; i <= to - FOUR.length(); i += FOUR.length()) {
      parts = parts.add(doubles(FloatVector.fromArray(FOUR, x, i)));
    }
    double first = parts.lane(0);
    for (; i < to; i++) {
      first += x[i];
    }
    return first + parts.lane(1) + (parts.lane(2) + parts.lane(3));
  }

  /** Subtracts the mean and returns the sum of squares, which are floats, as {@link Sums}. */
  private static double centre(float[] x, int from, int to, float mean) {
    if (!HAS_PARTS) {
      float[] squares = new float[to - from];
      for (int i = from; i < to; i++) {
        x[i] -= mean;
        squares[i - from] = x[i] * x[i];
      }
      return Sums.sum(squares, 0, squares.length);
    }
    DoubleVector parts = DoubleVector.zero(PARTS);
    int i = from;
    for (; i <= to - FOUR.length(); i += FOUR.length()) {
      FloatVector difference = FloatVector.fromArray(FOUR, x, i).sub(mean);
      difference.intoArray(x, i);
      parts = parts.add(doubles(difference.mul(difference)));
    }
    double first = parts.lane(0);
    for (; i < to; i++) {
      x[i] -= mean;
      first += x[i] * x[i];
    }
    return first + parts.lane(1) + (parts.lane(2) + parts.lane(3));
  }

  private static DoubleVector doubles(FloatVector floats) {
    return (DoubleVector) floats.convertShape(VectorOperators.F2D, PARTS, 0);
  }

  private static FloatVector exp(FloatVector x) {
    FloatVector clamped = x.min(EXP_GREATEST).max(EXP_LEAST);
    FloatVector shifted = clamped.fma(broadcast(LOG2_E), broadcast(TO_INTEGER));
    FloatVector n = shifted.sub(TO_INTEGER);
    FloatVector f = n.fma(broadcast(-LN2_LOW), n.fma(broadcast(-LN2_HIGH), clamped));
    IntVector integer = shifted.reinterpretAsInts().sub(Float.floatToRawIntBits(TO_INTEGER));
    IntVector half = integer.lanewise(VectorOperators.ASHR, 1);
    return polynomial(EXP, f).mul(powerOfTwo(half)).mul(powerOfTwo(integer.sub(half)));
  }

  private static FloatVector powerOfTwo(IntVector exponent) {
    return exponent.add(127).lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats();
  }

  private static FloatVector erf(FloatVector x) {
    FloatVector t = x.abs().min(ERF_ONE);
    FloatVector high = broadcast(1f).sub(exp(polynomial(ERF_HIGH, t).fma(t, t.neg())));
    FloatVector low = polynomial(ERF_LOW, t.mul(t)).fma(t, t);
    return withSign(low.blend(high, t.compare(VectorOperators.GT, ERF_SPLIT)), x);
  }

  private static FloatVector tanh(FloatVector x) {
    FloatVector t = x.abs();
    FloatVector square = t.mul(t);
    FloatVector low = polynomial(TANH, square).mul(square).fma(t, t);
    FloatVector one = broadcast(1f);
    FloatVector high = one.sub(broadcast(2f).div(exp(t.add(t)).add(one)));
    return withSign(low.blend(high, t.compare(VectorOperators.GT, TANH_SPLIT)), x);
  }

  private static FloatVector withSign(FloatVector magnitude, FloatVector x) {
    var sign = x.reinterpretAsInts().and(Integer.MIN_VALUE);
    return magnitude.abs().reinterpretAsInts().or(sign).reinterpretAsFloats();
  }

  private static FloatVector polynomial(float[] coefficients, FloatVector x) {
    FloatVector sum = broadcast(coefficients[0]);
    for (int i = 1; i < coefficients.length; i++) {
      sum = sum.fma(x, broadcast(coefficients[i]));
    }
    return sum;
  }

  private static FloatVector broadcast(float value) {
    return FloatVector.broadcast(SPECIES, value);
  }
}
