package org.bitindex.cli;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.bitindex.backend.Backend;
import org.bitindex.backend.Linear;
import org.bitindex.backend.Plan;
import org.bitindex.cli.text.Figures;
import org.bitindex.cli.text.WallTime;
import org.bitindex.io.ModelFile;
import org.bitindex.io.NpyFile;
import org.bitindex.matrix.DenseMatrix;
import org.bitindex.matrix.EncodedMatrix;
import org.bitindex.matrix.NamedTensor;
import org.bitindex.matrix.Weights;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code bie multiply}: samples times one encoded matrix. */
@Command(
    name = "multiply",
    description = "Multiplies samples [batch x columns] with an encoded matrix [rows x columns].",
    mixinStandardHelpOptions = true)
final class MultiplyCommand implements Callable<Integer> {
  @Spec private CommandSpec command;

  @Option(
      names = "--weights",
      required = true,
      paramLabel = "FILE",
      description = "encoded weights")
  private Path weights;

  @Option(
      names = "--tensor",
      paramLabel = "NAME",
      description = "the matrix (default: the only one of the file)")
  private @Nullable String tensor;

  @Option(
      names = "--input",
      required = true,
      paramLabel = "FILE",
      description = ".npy file of samples [batch x columns]")
  private Path input;

  @Mixin private PrecisionOptions precision;

  @Mixin private OutputOptions output;

  @Mixin private BackendOptions backendOptions;

  @Override
  public Integer call() throws IOException {
    int activationBits = backendOptions.activationBits();
    output.requireFree(List.of(weights, input));
    try (ModelFile model = precision.open(weights);
        NpyFile samples = NpyFile.open(input)) {
      EncodedMatrix matrix = choose(model);
      Weights batch = requireBatch(samples.tensor(), matrix);
      try (Backend backend = backendOptions.open()) {
        multiply(backend, matrix, activationBits, batch);
      }
    }
    return 0;
  }

  private EncodedMatrix choose(ModelFile model) {
    if (tensor != null) {
      return model.matrix(tensor);
    }
    if (model.matrices().size() != 1) {
      throw new IllegalArgumentException(
          "%s has %d matrices, choose one with --tensor: %s"
              .formatted(
                  weights, model.matrices().size(), Figures.some(model.matrices().keySet())));
    }
    return model.matrices().firstEntry().getValue();
  }

  private Weights requireBatch(NamedTensor samples, EncodedMatrix matrix) {
    List<Long> shape = samples.shape();
    if (!samples.isMatrix() || shape.get(0) == 0 || shape.get(1) != matrix.columns()) {
      throw new IllegalArgumentException(
          "%s is %s of shape %s, expected floats [batch x %d] of at least 1 sample"
              .formatted(input, samples.type(), shape, matrix.columns()));
    }
    return samples.weights();
  }

  private void multiply(Backend backend, EncodedMatrix matrix, int activationBits, Weights batch)
      throws IOException {
    int count = batch.rows();
    try (Arena arena = Arena.ofShared()) {
      MemorySegment in = copy(batch, arena);
      MemorySegment out = arena.allocate((long) count * matrix.rows() * Float.BYTES, Float.BYTES);
      long start = System.nanoTime();
      try (Plan plan = backend.plan(List.of(Linear.of(matrix)), activationBits)) {
        double planned = WallTime.secondsSince(start);
        double executed = WallTime.seconds(() -> plan.execute(in, count, out));
        NpyFile.write(output.path(), new DenseMatrix(count, matrix.rows(), out), output.ifExists());
        command
            .commandLine()
            .getOut()
            .printf(
                "%s (%s): %s x %d -> %s, planned in %s, multiplied in %s%n",
                backend.name(),
                backend.description(),
                Figures.count(count, "sample"),
                matrix.columns(),
                Figures.count(matrix.rows(), "output"),
                Figures.seconds(planned),
                Figures.seconds(executed));
        noteNotFinite(in, count, matrix.columns());
        command.commandLine().getOut().flush();
      }
    }
  }

  /** Says of which samples nothing can be said. */
  private void noteNotFinite(MemorySegment samples, int count, int columns) {
    long bad = 0;
    for (long n = 0; n < count; n++) {
      boolean finite = true;
      for (long j = 0; j < columns; j++) {
        finite &= Float.isFinite(samples.getAtIndex(ValueLayout.JAVA_FLOAT, n * columns + j));
      }
      bad += finite ? 0 : 1;
    }
    if (bad > 0) {
      command
          .commandLine()
          .getOut()
          .println(
              "note: the outputs of "
                  + Figures.count(bad, "sample")
                  + " are NaN, whose inputs are not finite as floats");
    }
  }

  /** The samples as native floats, whatever the file's type. */
  private static MemorySegment copy(Weights batch, Arena arena) {
    long rowBytes = (long) batch.columns() * Float.BYTES;
    MemorySegment copy = arena.allocate(batch.rows() * rowBytes, Float.BYTES);
    float[] row = new float[batch.columns()];
    for (int i = 0; i < batch.rows(); i++) {
      batch.readRow(i, row);
      MemorySegment.copy(MemorySegment.ofArray(row), 0, copy, i * rowBytes, rowBytes);
    }
    return copy;
  }
}
