package org.bitindex.lab.speed;

import java.io.IOException;
import java.nio.file.Path;
import org.bitindex.generate.DecoderConfig;
import org.bitindex.lab.decoders.Jlama;

/** The random weights of a decoder in 4 bits, which Jlama runs. */
final class JlamaDecoder implements TimedDecoder {
  private final long stored;
  private final long memory;
  private final Jlama model;

  /** Writes files to {@code folder} and opens them. */
  JlamaDecoder(DecoderConfig config, int threads, Path folder) throws IOException {
    Path dense = folder.resolve("jlama");
    Jlama.write(dense, config, new RandomWeights(false));
    Path quantised = Jlama.quantise(dense);
    this.stored = quantised.resolve("model.safetensors").toFile().length();
    long before = ResidentMemory.bytes();
    this.model = new Jlama(quantised, threads);
    read(new int[1]);
    this.memory = ResidentMemory.bytes() - before;
  }

  @Override
  public String name() {
    return "Jlama, 4 bits";
  }

  @Override
  public long storedBytes() {
    return stored;
  }

  @Override
  public long memoryBytes() {
    return memory;
  }

  @Override
  public void read(int[] tokens) {
    model.forward(tokens);
  }

  @Override
  public void close() {
    model.close();
  }
}
