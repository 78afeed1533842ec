package org.bitindex.lab.networks;

import java.awt.Rectangle;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.bitindex.graph.tensor.Tensor;

/** PP-OCR's detection: marks where on a page words are. */
final class DetectionNetwork extends SampledNetwork<DetectionNetwork.PageImage> {
  private static final int WIDTH = 320;
  private static final int HEIGHT = 224;
  private static final float THRESHOLD = 0.3f;
  private static final float[] MEAN = {0.485f, 0.456f, 0.406f};
  private static final float[] DEVIATION = {0.229f, 0.224f, 0.225f};

  /** A page and the rectangles of its words. */
  record PageImage(BufferedImage image, List<Rectangle> boxes) {}

  /** A network with its task on {@code count} pages. */
  DetectionNetwork(Path model, List<String> words, int count) {
    super("ocr-detection", model, 1, pages(words, count, 0), pages(words, count, 100));
  }

  private static List<PageImage> pages(List<String> words, int count, int seed) {
    List<PageImage> pages = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      List<String> shuffled = new ArrayList<>(words);
      Collections.shuffle(shuffled, new Random(seed + i));
      List<Rectangle> boxes = new ArrayList<>();
      pages.add(new PageImage(RenderedText.page(shuffled, WIDTH, HEIGHT, seed + i, boxes), boxes));
    }
    return pages;
  }

  @Override
  Batch batch(List<PageImage> part, int first) {
    int each = 3 * HEIGHT * WIDTH;
    float[] pixels = new float[part.size() * each];
    for (int i = 0; i < part.size(); i++) {
      RenderedText.write(part.get(i).image, MEAN, DEVIATION, pixels, i * each, WIDTH);
    }
    Tensor images = Tensor.of(new int[] {part.size(), 3, HEIGHT, WIDTH}, pixels);
    return new Batch(Map.of("x", images), part.size());
  }

  @Override
  public String task() {
    return "words located";
  }

  /**
   * The share of words whose middle is marked and whose surroundings are not: the mean of the share
   * of marked middles and that of unmarked places half way to the next row.
   */
  @Override
  public double quality(Runner runner) {
    int marked = 0;
    int free = 0;
    int all = 0;
    int done = 0;
    for (Batch batch : batches()) {
      float[] map = runner.first(batch.inputs()).floats();
      for (Rectangle box : sample(done++).boxes) {
        int x = box.x + box.width / 2;
        int y = box.y + box.height / 2;
        int below = Math.min(HEIGHT - 1, y + 28);
        marked += map[y * WIDTH + x] > THRESHOLD ? 1 : 0;
        free += map[below * WIDTH + x] > THRESHOLD ? 0 : 1;
        all++;
      }
    }
    return (double) (marked + free) / (2 * all);
  }
}
