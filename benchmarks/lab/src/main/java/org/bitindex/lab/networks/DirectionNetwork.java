package org.bitindex.lab.networks;

import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.bitindex.graph.tensor.Tensor;

/** PP-OCR's classifier of directions: half of the rendered words are upside down. */
final class DirectionNetwork extends SampledNetwork<String> {
  private static final int HEIGHT = 48;
  private static final int WIDTH = 192;
  private static final int BATCH = 16;
  private static final float[] HALF = {0.5f, 0.5f, 0.5f};

  /** A network with its task. */
  DirectionNetwork(Path model, List<String> words, List<String> calibration) {
    super("ocr-direction", model, BATCH, words, calibration);
  }

  private static boolean isTurned(int word) {
    return word % 2 == 1;
  }

  @Override
  Batch batch(List<String> part, int first) {
    int each = 3 * HEIGHT * WIDTH;
    float[] pixels = new float[part.size() * each];
    for (int i = 0; i < part.size(); i++) {
      BufferedImage word = RenderedText.word(part.get(i), HEIGHT, first + i);
      BufferedImage image = isTurned(first + i) ? RenderedText.turned(word) : word;
      RenderedText.write(image, HALF, HALF, pixels, i * each, WIDTH);
    }
    Tensor images = Tensor.of(new int[] {part.size(), 3, HEIGHT, WIDTH}, pixels);
    return new Batch(Map.of("x", images), part.size());
  }

  @Override
  public String task() {
    return "directions right";
  }

  @Override
  public double quality(Runner runner) {
    int right = 0;
    int done = 0;
    for (Batch batch : batches()) {
      float[] scores = runner.first(batch.inputs()).floats();
      for (int i = 0; i < batch.samples(); i++) {
        right += scores[2 * i + 1] > scores[2 * i] == isTurned(done++) ? 1 : 0;
      }
    }
    return (double) right / done;
  }
}
