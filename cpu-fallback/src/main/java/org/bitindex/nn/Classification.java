package org.bitindex.nn;

/** Outputs as class decisions. */
public final class Classification {
  private Classification() {}

  /**
   * The class of each sample: the index of its greatest output, the first of equals.
   *
   * @param outputs row-major, {@code classes} a sample
   * @param classes number of outputs of a sample, at least 1
   */
  public static int[] classes(float[] outputs, int classes) {
    int[] decisions = new int[outputs.length / classes];
    for (int n = 0; n < decisions.length; n++) {
      for (int i = 1; i < classes; i++) {
        if (outputs[n * classes + i] > outputs[n * classes + decisions[n]]) {
          decisions[n] = i;
        }
      }
    }
    return decisions;
  }

  /**
   * The share of samples whose class is their label.
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
