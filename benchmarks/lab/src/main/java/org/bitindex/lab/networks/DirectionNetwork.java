package org.bitindex.lab.networks;

import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.bitindex.graph.tensor.Tensor;

/** PP-OCR's classifier of directions: half of the rendered words are upside down. */
final class DirectionNetwork implements RealNetwork {
  private static final int HEIGHT = 48;
  private static final int WIDTH = 192;
  private static final int BATCH = 16;
  private static final float[] HALF = {0.5f, 0.5f, 0.5f};

  private final Path model;
  private final List<String> words;
  private final List<String> calibration;

  /** A network with its task. */
  DirectionNetwork(Path model, List<String> words, List<String> calibration) {
    this.model = model;
    this.words = words;
    this.calibration = calibration;
  }

  @Override
  public String name() {
    return "ocr-direction";
  }

  @Override
  public Path model() {
    return model;
  }

  @Override
  public List<Batch> batches(int size) {
    return batches(words, size);
  }

  @Override
  public List<Batch> calibration() {
    return batches(calibration, BATCH);
  }

  private static boolean isTurned(int word) {
    return word % 2 == 1;
  }

  private static List<Batch> batches(List<String> words, int size) {
    int each = 3 * HEIGHT * WIDTH;
    List<Batch> batches = new ArrayList<>();
    for (int from = 0; from < words.size(); from += size) {
      int count = Math.min(words.size() - from, size);
      float[] pixels = new float[count * each];
      for (int i = 0; i < count; i++) {
        BufferedImage word = RenderedText.word(words.get(from + i), HEIGHT, from + i);
        BufferedImage image = isTurned(from + i) ? RenderedText.turned(word) : word;
        RenderedText.write(image, HALF, HALF, pixels, i * each, WIDTH);
      }
      Tensor images = Tensor.of(new int[] {count, 3, HEIGHT, WIDTH}, pixels);
      batches.add(new Batch(Map.of("x", images), count));
    }
    return batches;
  }

  @Override
  public String task() {
    return "directions right";
  }

  @Override
  public double quality(Runner runner) {
    int right = 0;
    int done = 0;
    for (Batch batch : batches(BATCH)) {
      float[] scores = runner.first(batch.inputs()).floats();
      for (int i = 0; i < batch.samples(); i++) {
        right += scores[2 * i + 1] > scores[2 * i] == isTurned(done++) ? 1 : 0;
      }
    }
    return (double) right / done;
  }
}
