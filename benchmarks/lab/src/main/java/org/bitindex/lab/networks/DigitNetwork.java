package org.bitindex.lab.networks;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.bitindex.graph.tensor.Tensor;
import org.bitindex.nn.train.Samples;

/** A network that {@link TrainedDigits} made; its task is to name the digits held out. */
final class DigitNetwork implements RealNetwork {
  private static final int BATCH = 100;
  private static final int CALIBRATION = 400;
  private static final int SIDE = 28;

  private final String name;
  private final Path model;
  private final boolean image;
  private final Samples digits;
  private final float[][] calibration;

  /**
   * A network with its task.
   *
   * @param image whether it takes [1 x 28 x 28], else [784]
   * @param training digits of which calibration sees some
   */
  DigitNetwork(String name, Path model, boolean image, Samples digits, Samples training) {
    this.name = name;
    this.model = model;
    this.image = image;
    this.digits = digits;
    // Digits lie ordered by label: take them from all over.
    this.calibration = new float[Math.min(CALIBRATION, training.count())][];
    for (int i = 0; i < calibration.length; i++) {
      int place = (int) ((long) i * training.count() / calibration.length);
      calibration[i] = training.inputs()[place];
    }
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Path model() {
    return model;
  }

  @Override
  public List<Batch> batches(int size) {
    return batches(digits.inputs(), size);
  }

  @Override
  public List<Batch> calibration() {
    return batches(calibration, BATCH);
  }

  private List<Batch> batches(float[][] inputs, int size) {
    List<Batch> batches = new ArrayList<>();
    for (int from = 0; from < inputs.length; from += size) {
      float[][] part = Arrays.copyOfRange(inputs, from, Math.min(inputs.length, from + size));
      batches.add(new Batch(Map.of("x", tensor(part, image)), part.length));
    }
    return batches;
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
    for (Batch batch : batches(BATCH)) {
      Tensor scores = runner.first(batch.inputs());
      int classes = scores.size(1);
      for (int i = 0; i < batch.samples(); i++) {
        int best = 0;
        for (int c = 1; c < classes; c++) {
          float[] values = scores.floats();
          best = values[i * classes + c] > values[i * classes + best] ? c : best;
        }
        right += best == digits.labels()[done++] ? 1 : 0;
      }
    }
    return (double) right / done;
  }
}
