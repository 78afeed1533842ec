package org.bitindex.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.concurrent.Callable;
import org.bitindex.cli.text.Figures;
import org.bitindex.cli.text.Progress;
import org.bitindex.io.DenseFile;
import org.bitindex.io.ModelWriter;
import org.bitindex.matrix.EncodedMatrix;
import org.bitindex.matrix.Tensor;
import org.bitindex.matrix.Weights;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code bie encode}: a file of dense weights becomes a file of encoded weights. */
@Command(
    name = "encode",
    description = {
      "Encodes the 2-D weights of a .safetensors, .onnx, .npy or .smtx file.",
      "All other tensors are carried through as they are."
    },
    mixinStandardHelpOptions = true)
final class EncodeCommand implements Callable<Integer> {
  private static final double FP16_BITS = 16;

  @Spec private CommandSpec command;

  @Option(names = "--input", required = true, paramLabel = "FILE", description = "dense weights")
  private Path input;

  @Mixin private OutputOptions output;

  @Mixin private TensorOptions tensors;

  @Mixin private EncodingOptions encoding;

  @Mixin private ThreadOptions threads;

  @Override
  public Integer call() throws IOException {
    PrunedEncoder encoder = encoding.encoder(threads.count());
    output.requireFree();
    SequencedMap<String, EncodedMatrix> encoded = new LinkedHashMap<>();
    try (DenseFile file = DenseFile.open(input)) {
      encode(tensors.choose(file), encoder, encoded);
      List<Tensor> carried = file.tensorsWithout(encoded.keySet());
      var writer = new ModelWriter();
      encoded.forEach(writer::add);
      carried.forEach(writer::add);
      writer.write(output.path(), output.ifExists());
      report(encoded, carried.size());
    } finally {
      encoded.values().forEach(EncodedMatrix::close);
    }
    return 0;
  }

  private void encode(
      SequencedMap<String, Weights> matrices,
      PrunedEncoder encoder,
      Map<String, EncodedMatrix> encoded) {
    try (var progress = Progress.start("encoding", weights(matrices.values()))) {
      matrices.forEach((name, weights) -> {
        encoded.put(name, encode(name, weights, encoder));
        progress.step(weights(List.of(weights)));
      });
    }
  }

  private EncodedMatrix encode(String name, Weights weights, PrunedEncoder encoder) {
    try {
      if (weights.rows() == 0 || weights.columns() == 0) {
        throw new IllegalArgumentException(
            "shape is " + weights.rows() + " x " + weights.columns() + ", there is no weight");
      }
      return encoder.encode(encoder.prune(weights));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(input + ": matrix " + name + ": " + e.getMessage(), e);
    } catch (OutOfMemoryError e) {
      throw new IllegalArgumentException(
          "%s: matrix %s: encoding %d x %d weights needs more memory: %s"
              .formatted(input, name, weights.rows(), weights.columns(), e.getMessage()),
          e);
    }
  }

  private void report(SequencedMap<String, EncodedMatrix> encoded, int carried) throws IOException {
    double weights = weights(encoded.values());
    double bytes = encoded.values().stream().mapToLong(EncodedMatrix::bytes).sum();
    PrintWriter out = command.commandLine().getOut();
    out.printf(
        "encoded %d matrices: %s as FP32, now %s (ratio %s), %s bits a weight%n",
        encoded.size(),
        Figures.bytes(weights * Float.BYTES),
        Figures.bytes(bytes),
        Figures.ratio(weights * Float.BYTES / bytes),
        Figures.significant(bytes * 8 / weights));
    out.printf(
        "wrote %s: %s, with %d carried tensors%n",
        output.path(), Figures.bytes(Files.size(output.path())), carried);
    encoded.forEach((name, matrix) -> {
      if (matrix.bitsPerWeight() > FP16_BITS) {
        out.printf(
            "note: %s takes %s bits a weight, more than FP16 would%n",
            name, Figures.significant(matrix.bitsPerWeight()));
      }
    });
    out.flush();
  }

  private static long weights(Collection<? extends Weights> matrices) {
    return matrices.stream().mapToLong(m -> (long) m.rows() * m.columns()).sum();
  }
}
