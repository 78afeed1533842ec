package org.bitindex.lab.speed;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bitindex.backend.Backend;
import org.bitindex.cli.EncodingOptions;
import org.bitindex.code.Code;
import org.bitindex.generate.DecoderConfig;
import org.bitindex.lab.decoders.GgufType;

/**
 * Decoders of random weights of one shape, ours beside other libraries', timed in turns so that a
 * disturbance of the machine falls on all.
 */
public final class DecoderSpeed implements AutoCloseable {
  private static final int ROUNDS = 11;

  private final DecoderShape shape;
  private final DecoderConfig config;
  private final int threads;
  private final int prefill;
  private final List<TimedDecoder> decoders = new ArrayList<>();

  /**
   * No decoders yet.
   *
   * @param layers that are made, with as large a share of the vocabulary
   * @param prefill tokens that are read at once
   */
  public DecoderSpeed(DecoderShape shape, int layers, int threads, int prefill) {
    this.shape = shape;
    this.config = shape.config(layers);
    this.threads = threads;
    this.prefill = prefill;
  }

  /** Adds a decoder of ours, whose tokens come after {@code context} others. */
  public void add(
      Code code, EncodingOptions.Steps steps, Backend backend, int activationBits, int context) {
    var decoder = new OwnDecoder(config, code, steps, backend, activationBits, threads);
    decoder.begin(context);
    decoders.add(decoder);
  }

  /** Adds llama.cpp with weights of {@code type}; {@code folder} gets their file. */
  public void add(GgufType type, Path folder) throws IOException {
    decoders.add(new LlamaCppDecoder(config, type, threads, prefill, folder));
  }

  /** Adds Jlama with weights of 4 bits; {@code folder} gets its files. */
  public void addJlama(Path folder) throws IOException {
    decoders.add(new JlamaDecoder(config, threads, folder));
  }

  /**
   * What was measured of a decoder, of what was made of it.
   *
   * @param storedBytes of its file
   * @param decodingBytes of memory before it read many tokens
   * @param memoryBytes of memory after that
   * @param decoding seconds of one token
   * @param reading seconds of {@code prefill} tokens at once
   */
  public record Result(
      String name,
      long storedBytes,
      long decodingBytes,
      long memoryBytes,
      double decoding,
      double reading) {}

  /**
   * Times all decoders: medians of rounds after {@code warmUp} seconds of each.
   *
   * @param seconds of each decoder in a round, at least one call
   */
  public List<Result> measure(double warmUp, double seconds) {
    List<Long> before = decoders.stream().map(TimedDecoder::memoryBytes).toList();
    double[] decoding = medians(new int[] {1}, warmUp, seconds);
    double[] reading = medians(new int[prefill], warmUp, seconds);
    List<Result> results = new ArrayList<>();
    for (int i = 0; i < decoding.length; i++) {
      TimedDecoder decoder = decoders.get(i);
      results.add(
          new Result(
              decoder.name(),
              decoder.storedBytes(),
              before.get(i),
              decoder.memoryBytes(),
              decoding[i],
              reading[i]));
    }
    return results;
  }

  private double[] medians(int[] tokens, double warmUp, double seconds) {
    double[][] times = new double[decoders.size()][ROUNDS];
    for (TimedDecoder decoder : decoders) {
      perCall(decoder, tokens, warmUp);
    }
    for (int round = 0; round < ROUNDS; round++) {
      for (int i = 0; i < times.length; i++) {
        times[i][round] = perCall(decoders.get(i), tokens, seconds);
      }
    }
    return Arrays.stream(times)
        .mapToDouble(t -> Arrays.stream(t).sorted().toArray()[ROUNDS / 2])
        .toArray();
  }

  private static double perCall(TimedDecoder decoder, int[] tokens, double seconds) {
    long start = System.nanoTime();
    int calls = 0;
    double passed;
    do {
      decoder.read(tokens);
      calls++;
      passed = (System.nanoTime() - start) * 1e-9;
    } while (passed < seconds);
    return passed / calls;
  }

  /** The share of the whole model that was made. */
  public double share() {
    return config.layers() / (double) shape.layers();
  }

  @Override
  public void close() {
    decoders.forEach(TimedDecoder::close);
  }

  /** Deletes a folder and all that is in it. */
  public static void delete(Path folder) throws IOException {
    List<Path> files;
    try (var walk = Files.walk(folder)) {
      files = walk.toList();
    }
    for (Path file : files.reversed()) {
      Files.delete(file);
    }
  }
}
