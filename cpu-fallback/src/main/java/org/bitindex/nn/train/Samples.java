package org.bitindex.nn.train;

/**
 * Labelled samples; nothing is copied.
 *
 * @param inputs one array of finite features for each sample, all of the same length
 * @param labels the class of each sample, from 0
 */
@SuppressWarnings("ArrayRecordComponent") // compared by nobody
public record Samples(float[][] inputs, int[] labels) {
  public Samples {
    if (inputs.length != labels.length) {
      throw new IllegalArgumentException(
          "there are " + inputs.length + " inputs and " + labels.length + " labels");
    }
    for (int n = 0; n < inputs.length; n++) {
      if (inputs[n].length != inputs[0].length) {
        throw new IllegalArgumentException(
            "sample "
                + n
                + " has "
                + inputs[n].length
                + " features, sample 0 has "
                + inputs[0].length);
      }
      requireFinite(inputs[n], n);
    }
  }

  /** One NaN would reach every weight. */
  private static void requireFinite(float[] input, int sample) {
    for (int j = 0; j < input.length; j++) {
      if (!Float.isFinite(input[j])) {
        throw new IllegalArgumentException(
            "sample " + sample + " is " + input[j] + " in column " + j);
      }
    }
  }

  /** Number of samples. */
  public int count() {
    return labels.length;
  }

  /** All inputs as one row-major batch. */
  public float[] batch() {
    int columns = count() == 0 ? 0 : inputs[0].length;
    float[] batch = new float[Math.multiplyExact(count(), columns)];
    for (int n = 0; n < count(); n++) {
      System.arraycopy(inputs[n], 0, batch, n * columns, columns);
    }
    return batch;
  }
}
