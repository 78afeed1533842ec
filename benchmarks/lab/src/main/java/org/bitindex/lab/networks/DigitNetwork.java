package org.bitindex.lab.networks;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.bitindex.graph.tensor.Tensor;
import org.bitindex.nn.train.Samples;

/** A network that {@link TrainedDigits} made; its task is to name the digits held out. */
final class DigitNetwork extends SampledNetwork<float[]> {
  private static final int BATCH = 100;
  private static final int CALIBRATION = 400;
  private static final int SIDE = 28;

  private final boolean image;
  private final int[] labels;

  /**
   * A network with its task.
   *
   * @param image whether it takes [1 x 28 x 28], else [784]
   * @param training digits of which calibration sees some
   */
  DigitNetwork(String name, Path model, boolean image, Samples digits, Samples training) {
    super(name, model, BATCH, Arrays.asList(digits.inputs()), some(training));
    this.image = image;
    this.labels = digits.labels();
  }

  /** Digits lie ordered by label: some from all over. */
  private static List<float[]> some(Samples training) {
    int count = Math.min(CALIBRATION, training.count());
    return IntStream.range(0, count)
        .mapToObj(i -> training.inputs()[(int) ((long) i * training.count() / count)])
        .toList();
  }

  @Override
  Batch batch(List<float[]> part, int first) {
    float[][] digits = part.toArray(float[][]::new);
    return new Batch(Map.of("x", tensor(digits, image)), digits.length);
  }

  /** Digits as a network takes them. */
  static Tensor tensor(float[][] digits, boolean image) {
    int each = digits[0].length;
    float[] values = new float[digits.length * each];
    for (int i = 0; i < digits.length; i++) {
      System.arraycopy(digits[i], 0, values, i * each, each);
    }
    int[] shape =
        image ? new int[] {digits.length, 1, SIDE, SIDE} : new int[] {digits.length, each};
    return Tensor.of(shape, values);
  }

  @Override
  public String task() {
    return "digits right";
  }

  @Override
  public double quality(Runner runner) {
    int right = 0;
    int done = 0;
    for (Batch batch : batches()) {
      Tensor scores = runner.first(batch.inputs());
      int classes = scores.size(1);
      for (int i = 0; i < batch.samples(); i++) {
        int best = 0;
        for (int c = 1; c < classes; c++) {
          float[] values = scores.floats();
          best = values[i * classes + c] > values[i * classes + best] ? c : best;
        }
        right += best == labels[done++] ? 1 : 0;
      }
    }
    return (double) right / done;
  }
}
