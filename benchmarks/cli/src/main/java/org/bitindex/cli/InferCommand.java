package org.bitindex.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.bitindex.backend.Backend;
import org.bitindex.cli.text.Figures;
import org.bitindex.cli.text.Progress;
import org.bitindex.io.ModelFile;
import org.bitindex.io.NpyFile;
import org.bitindex.matrix.DenseMatrix;
import org.bitindex.matrix.Tensor;
import org.bitindex.matrix.Weights;
import org.bitindex.nn.Classification;
import org.bitindex.nn.NetworkFile;
import org.bitindex.nn.SampleSink;
import org.bitindex.nn.SampleSource;
import org.bitindex.nn.Sequential;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code bie infer}: sends samples through an encoded network. */
@Command(
    name = "infer",
    description = "Sends samples through an encoded network.",
    mixinStandardHelpOptions = true)
final class InferCommand implements Callable<Integer> {
  private static final int BATCH = 256;

  @Spec private CommandSpec command;

  @Mixin private BackendOptions backend;

  @Mixin private PrecisionOptions precision;

  @Mixin private OutputOptions output;

  @Mixin private EngineOptions engine;

  @Option(
      names = "--model",
      required = true,
      paramLabel = "FILE",
      description = "encoded network, as 'bie mnist' writes it")
  private Path model;

  @Option(
      names = "--input",
      required = true,
      paramLabel = "FILE",
      description = "npy file of samples, one a row; Spark also takes folders of them and Parquet")
  private String input;

  @Option(
      names = "--labels",
      paramLabel = "FILE",
      description = "npy file of one class a sample; prints the accuracy")
  private @Nullable Path labels;

  @Override
  public Integer call() throws IOException {
    if (!engine.isLocal()) {
      engine.run(model, input, output, backend);
      return 0;
    }
    output.requireFree();
    try (Backend opened = backend.open();
        ModelFile weights = precision.open(model);
        Sequential network =
            new Sequential(NetworkFile.layers(weights), opened, backend.activationBits());
        NpyFile file = NpyFile.open(Path.of(input));
        Arena arena = Arena.ofShared()) {
      Weights samples = samples(file, network);
      int[] expected =
          labels == null ? null : Labels.read(labels, samples.rows(), network.outputColumns());
      MemorySegment outputs =
          arena.allocate((long) samples.rows() * network.outputColumns() * Float.BYTES);
      long start = System.nanoTime();
      stream(network, samples, outputs);
      report(samples.rows(), (System.nanoTime() - start) / 1e9, opened);
      DenseMatrix matrix = new DenseMatrix(samples.rows(), network.outputColumns(), outputs);
      NpyFile.write(output.path(), matrix, output.ifExists());
      if (expected != null) {
        reportAccuracy(outputs, expected);
      }
    }
    return 0;
  }

  private Weights samples(NpyFile file, Sequential network) throws IOException {
    Tensor tensor = file.tensor();
    if (!tensor.isMatrix() || tensor.shape().get(0) == 0) {
      throw new IOException(
          "%s holds no rows of floats but %s of shape %s"
              .formatted(input, tensor.type(), tensor.shape()));
    }
    if (tensor.shape().get(1) != network.inputColumns()) {
      throw new IOException(
          "%s has %d columns, the network of %s takes %d"
              .formatted(input, tensor.shape().get(1), model, network.inputColumns()));
    }
    return tensor.weights();
  }

  private static void stream(Sequential network, Weights samples, MemorySegment outputs)
      throws IOException {
    try (Progress progress = Progress.start("samples", samples.rows())) {
      SampleSink sink =
          new SampleSink() {
            private long position;

            @Override
            public void write(float[] values, int count) {
              MemorySegment.copy(
                  values, 0, outputs, ValueLayout.JAVA_FLOAT_UNALIGNED, position, values.length);
              position += (long) values.length * Float.BYTES;
              progress.step(count);
            }
          };
      network.stream(SampleSource.of(samples), sink, BATCH, _ -> {});
    }
  }

  private void report(int count, double seconds, Backend opened) {
    PrintWriter out = command.commandLine().getOut();
    out.printf(
        Locale.ROOT,
        "%,d samples in %s on %s, start included%n",
        count,
        Figures.seconds(seconds),
        opened.description());
    out.flush();
  }

  private void reportAccuracy(MemorySegment outputs, int[] expected) {
    float[] values = outputs.toArray(ValueLayout.JAVA_FLOAT_UNALIGNED);
    int[] classes = Classification.classes(values, values.length / expected.length);
    long none = Arrays.stream(classes).filter(c -> c == Classification.NONE).count();
    PrintWriter out = command.commandLine().getOut();
    out.printf(
        Locale.ROOT,
        "accuracy %.2f %%%s%n",
        100 * Classification.accuracy(values, expected),
        none == 0 ? "" : "; samples with NaN outputs, which count as wrong: " + none);
    out.flush();
  }
}
