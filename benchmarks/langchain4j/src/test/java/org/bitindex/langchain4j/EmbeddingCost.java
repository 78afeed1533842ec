package org.bitindex.langchain4j;

import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.model.embedding.EmbeddingModel;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.bitindex.embed.Pooling;
import org.bitindex.embed.TextEmbedder;

/**
 * What an embedding model costs in a process of its own: start-up, sentences a second, memory.
 * docs/embedding.md says how to run it for this library and for LangChain4j's own model.
 */
final class EmbeddingCost {
  private static final int SENTENCES = 256;
  private static final long SECONDS = 10;

  private EmbeddingCost() {}

  /** MODEL TOKENIZER for ours, or the name of a class with a constructor without arguments. */
  public static void main(String[] args) throws Exception {
    EmbeddingModel model =
        args.length == 1
            ? Class.forName(args[0]).asSubclass(EmbeddingModel.class).getConstructor().newInstance()
            : new BieEmbeddingModel(
                TextEmbedder.open(Path.of(args[0]), Path.of(args[1]), 512, Pooling.MEAN));
    float[] first = model.embed("A first sentence.").content().vector();
    System.out.printf("first embedding %.2f s after the start of the JVM%n", uptime());
    List<TextSegment> texts = texts();
    int batches = 0;
    // The second half counts: the first one compiles.
    double start = uptime();
    double middle = start;
    while (uptime() < start + SECONDS) {
      model.embedAll(texts);
      batches = uptime() < start + SECONDS / 2.0 ? 0 : batches + 1;
      middle = batches == 0 ? uptime() : middle;
    }
    System.out.printf("%.0f sentences a second%n", batches * SENTENCES / (uptime() - middle));
    System.out.println(status("VmHWM") + " (most memory of the process)");
    System.out.printf("first embedding: %.4f %.4f %.4f ...%n", first[0], first[1], first[2]);
  }

  /** Sentences of about 8 to 40 words. */
  private static List<TextSegment> texts() {
    List<TextSegment> texts = new ArrayList<>();
    for (int i = 0; i < SENTENCES; i++) {
      texts.add(
          TextSegment.from(
              "The quick brown fox jumps over the lazy dog. ".repeat(1 + i % 4) + "Number " + i));
    }
    return texts;
  }

  private static double uptime() {
    return ManagementFactory.getRuntimeMXBean().getUptime() * 1e-3;
  }

  private static String status(String key) throws IOException {
    return Files.readAllLines(Path.of("/proc/self/status")).stream()
        .filter(line -> line.startsWith(key))
        .findFirst()
        .orElse(key + " is unknown");
  }
}
