package org.bitindex.lab.networks;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.bitindex.graph.tensor.Tensor;

/** PP-OCR's recognition: reads rendered words; its task counts characters. */
final class ReadingNetwork extends SampledNetwork<ReadingNetwork.Word> {
  private static final int HEIGHT = 48;
  private static final int BATCH = 16;
  private static final float[] HALF = {0.5f, 0.5f, 0.5f};

  /** A word and its image. */
  record Word(String text, BufferedImage image) {}

  private final String[] characters;

  /**
   * A network with its task.
   *
   * @param keys its characters, one a line
   */
  ReadingNetwork(Path model, Path keys, List<String> words, List<String> calibration)
      throws IOException {
    super("ocr-recognition", model, BATCH, words(words, 0), words(calibration, 1000));
    List<String> lines = Files.readAllLines(keys);
    this.characters = new String[lines.size() + 2];
    characters[0] = ""; // no character
    for (int i = 0; i < lines.size(); i++) {
      characters[i + 1] = lines.get(i);
    }
    characters[lines.size() + 1] = " ";
  }

  private static List<Word> words(List<String> texts, int seed) {
    return IntStream.range(0, texts.size())
        .mapToObj(i -> new Word(texts.get(i), RenderedText.word(texts.get(i), HEIGHT, seed + i)))
        .sorted(Comparator.comparingInt(word -> word.image.getWidth()))
        .toList();
  }

  @Override
  Batch batch(List<Word> part, int first) {
    int width = Math.ceilDiv(part.getLast().image.getWidth(), 8) * 8;
    int each = 3 * HEIGHT * width;
    float[] pixels = new float[part.size() * each];
    for (int i = 0; i < part.size(); i++) {
      RenderedText.write(part.get(i).image, HALF, HALF, pixels, i * each, width);
    }
    Tensor images = Tensor.of(new int[] {part.size(), 3, HEIGHT, width}, pixels);
    return new Batch(Map.of("x", images), part.size());
  }

  @Override
  public String task() {
    return "characters read";
  }

  @Override
  public double quality(Runner runner) {
    int wrong = 0;
    int all = 0;
    int done = 0;
    for (Batch batch : batches()) {
      Tensor scores = runner.first(batch.inputs());
      for (int i = 0; i < batch.samples(); i++) {
        String text = sample(done++).text;
        wrong += distance(text, read(scores, i));
        all += text.length();
      }
    }
    return Math.max(0, 1 - (double) wrong / all);
  }

  /** The best character at each place; repeated ones are one, 0 separates them. */
  private String read(Tensor scores, int sample) {
    int places = scores.size(1);
    int count = scores.size(2);
    float[] values = scores.floats();
    var text = new StringBuilder();
    int before = 0;
    for (int t = 0; t < places; t++) {
      int from = (sample * places + t) * count;
      int best = 0;
      for (int c = 1; c < count; c++) {
        best = values[from + c] > values[from + best] ? c : best;
      }
      if (best != before) {
        text.append(characters[best]);
      }
      before = best;
    }
    return text.toString();
  }

  /** The least number of characters to insert, delete or change (Levenshtein). */
  static int distance(String a, String b) {
    int[] row = IntStream.rangeClosed(0, b.length()).toArray();
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int changed = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(changed, Math.min(row[j], row[j - 1]) + 1);
      }
    }
    return row[b.length()];
  }
}
