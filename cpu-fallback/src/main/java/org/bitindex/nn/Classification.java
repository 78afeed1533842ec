package org.bitindex.nn;

/** Outputs as class decisions. */
public final class Classification {
  /** The decision about a sample of which an output is NaN: it belongs to no class. */
  public static final int NONE = -1;

  private Classification() {}

  /**
   * The class of each sample: the index of its greatest output, the first of equals; {@link #NONE}
   * where an output is NaN.
   *
   * @param outputs row-major, {@code classes} a sample
   * @param classes number of outputs of a sample, at least 1
   */
  public static int[] classes(float[] outputs, int classes) {
    int[] decisions = new int[outputs.length / classes];
    for (int n = 0; n < decisions.length; n++) {
      decisions[n] = classOf(outputs, n * classes, classes);
    }
    return decisions;
  }

  private static int classOf(float[] outputs, int first, int classes) {
    int decision = 0;
    for (int i = 0; i < classes; i++) {
      if (Float.isNaN(outputs[first + i])) {
        return NONE;
      }
      if (outputs[first + i] > outputs[first + decision]) {
        decision = i;
      }
    }
    return decision;
  }

  /**
   * The share of samples whose class is their label; those without a class count as wrong.
   *
   * @throws IllegalArgumentException if there is not one label a sample, or none at all
   */
  public static double accuracy(float[] outputs, int[] labels) {
    if (labels.length == 0 || outputs.length % labels.length != 0) {
      throw new IllegalArgumentException(
          "there are " + labels.length + " labels for " + outputs.length + " outputs");
    }
    int[] decisions = classes(outputs, outputs.length / labels.length);
    int right = 0;
    for (int n = 0; n < labels.length; n++) {
      right += decisions[n] == labels[n] ? 1 : 0;
    }
    return (double) right / labels.length;
  }
}
