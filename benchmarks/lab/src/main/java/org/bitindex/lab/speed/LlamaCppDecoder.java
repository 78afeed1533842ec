package org.bitindex.lab.speed;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.bitindex.generate.DecoderConfig;
import org.bitindex.lab.decoders.GgufType;
import org.bitindex.lab.decoders.LlamaCpp;
import org.bitindex.lab.decoders.LlamaGguf;

/** The random weights of a decoder in a GGUF file that llama.cpp runs. */
final class LlamaCppDecoder implements TimedDecoder {
  private final String name;
  private final Path file;
  private final long memory;
  private final LlamaCpp model;

  /**
   * Writes the file to {@code folder} and opens it.
   *
   * @param most tokens at once
   */
  LlamaCppDecoder(DecoderConfig config, GgufType type, int threads, int most, Path folder)
      throws IOException {
    this.name = "llama.cpp, " + type.label();
    this.file = folder.resolve(type.label() + ".gguf");
    LlamaGguf.write(file, config, new RandomWeights(type == GgufType.TQ2_0), type);
    long before = ResidentMemory.bytes();
    this.model = new LlamaCpp(file, config.vocabulary(), threads, most);
    read(new int[1]);
    this.memory = ResidentMemory.bytes() - before;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public long storedBytes() {
    try {
      return Files.size(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public long memoryBytes() {
    return memory;
  }

  @Override
  public void read(int[] tokens) {
    model.clear();
    model.forward(tokens, false);
  }

  @Override
  public void close() {
    model.close();
  }
}
