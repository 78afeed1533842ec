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
import org.bitindex.io.DecodedTensor;
import org.bitindex.io.DenseFile;
import org.bitindex.io.ModelFile;
import org.bitindex.io.OnnxFile;
import org.bitindex.io.PlainOnnx;
import org.bitindex.io.SafetensorsWriter;
import org.bitindex.matrix.DType;
import org.bitindex.matrix.NamedTensor;
import org.bitindex.onnx.Model;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code bie export}: encoded weights in the formats of others. */
@Command(
    name = "export",
    description = {
      "Writes the matrices of an encoded or dense file as sparse bitmasks, a bit for each weight"
          + " and the nonzeros, which vLLM's compressed-tensors and bie itself read. All other"
          + " tensors are carried through as they are.",
      "With --format onnx, writes the network of an encoded file for ONNX Runtime."
    },
    mixinStandardHelpOptions = true)
final class ExportCommand implements Callable<Integer> {
  /** Types of nonzeros that can be asked for. */
  private enum ValueType {
    F32,
    F16,
    BF16
  }

  /** What can be written. */
  private enum Format {
    BITMASK,
    ONNX
  }

  private static final String WEIGHT = ".weight";

  @Spec private CommandSpec command;

  @Option(
      names = "--input",
      required = true,
      paramLabel = "FILE",
      description = "encoded or dense weights")
  private Path input;

  @Mixin private OutputOptions output;

  @Option(
      names = "--format",
      paramLabel = "NAME",
      description =
          "bitmask; or onnx: the network of an encoded file for ONNX Runtime, its products in 4 or"
              + " 8 bits (MatMulNBits) where a code maps exactly (default: bitmask)")
  private Format format = Format.BITMASK;

  @Option(
      names = "--dtype",
      paramLabel = "TYPE",
      description =
          "type of the nonzeros, to which they are rounded: ${COMPLETION-CANDIDATES} (default:"
              + " ${DEFAULT-VALUE})")
  private ValueType type = ValueType.F32;

  @Override
  public Integer call() throws IOException {
    String extension = format == Format.ONNX ? ".onnx" : ".safetensors";
    if (!output.path().toString().endsWith(extension)) {
      throw new ParameterException(
          command.commandLine(), output.path() + " does not end in " + extension);
    }
    output.requireFree(List.of(input));
    if (format == Format.ONNX) {
      exportOnnx();
      return 0;
    }
    if (ModelFile.isAt(input)) {
      try (ModelFile model = ModelFile.open(input)) {
        model.verify();
        export(model.decoded(), model.tensors().values(), model.metadata());
      }
    } else {
      exportDense();
    }
    return 0;
  }

  private void exportDense() throws IOException {
    try (DenseFile dense = DenseFile.open(input)) {
      SequencedMap<String, DecodedTensor> matrices = new LinkedHashMap<>();
      dense
          .matrices()
          .forEach((name, matrix) -> {
            if (dense.use(name).shape().isEmpty()) {
              List<Long> shape = List.of((long) matrix.rows(), (long) matrix.columns());
              matrices.put(name, new DecodedTensor(name, shape, matrix));
            }
          });
      export(matrices, dense.tensorsWithout(matrices.keySet()), dense.metadata());
    }
  }

  private void exportOnnx() throws IOException {
    try (ModelFile model = ModelFile.open(input)) {
      model.verify();
      Model plain = PlainOnnx.quantized(model);
      OnnxFile.write(output.path(), plain, output.ifExists());
      long products =
          plain.graph().nodes().stream()
              .filter(node -> node.operator().equals("MatMulNBits"))
              .count();
      PrintWriter out = command.commandLine().getOut();
      out.printf(
          "exported the network to %s: %s, %s as MatMulNBits, all other weights dense%n",
          output.path(),
          Figures.bytes(Files.size(output.path())),
          Figures.count(products, "product"));
      out.flush();
    }
  }

  private void export(
      SequencedMap<String, DecodedTensor> matrices,
      Collection<NamedTensor> carried,
      Map<String, String> metadata)
      throws IOException {
    if (matrices.isEmpty()) {
      throw new IllegalArgumentException(input + " holds no matrices to export");
    }
    DType stored = DType.valueOf(type.name());
    // The Python libraries refuse files that do not say which framework's tensors they hold.
    var writer = new SafetensorsWriter().metadata("format", "pt");
    metadata.forEach(writer::metadata);
    matrices.values().forEach(tensor -> add(tensor, stored, writer));
    carried.forEach(writer::add);
    writer.write(output.path(), output.ifExists());
    double dense =
        carried.stream().mapToLong(tensor -> tensor.data().byteSize()).sum()
            + matrices.values().stream()
                .mapToDouble(m -> (double) m.rows().rows() * m.rows().columns() * stored.bytes())
                .sum();
    report(matrices.keySet(), carried.size(), dense);
  }

  /** Only matrices have a form for their nonzeros. */
  private void add(DecodedTensor tensor, DType stored, SafetensorsWriter writer) {
    if (tensor.shape().size() != 2) {
      writer.add(tensor.name(), tensor.shape(), tensor.rows());
      return;
    }
    try {
      writer.addSparse(tensor.name(), tensor.rows(), stored);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          input + ": matrix " + tensor.name() + ": " + e.getMessage(), e);
    }
  }

  private void report(Collection<String> matrices, int carried, double denseBytes)
      throws IOException {
    PrintWriter out = command.commandLine().getOut();
    double bytes = Files.size(output.path());
    out.printf(
        "exported %s to %s: %s, dense %s would take %s, with %s%n",
        Figures.count(matrices.size(), "matrix"),
        output.path(),
        Figures.bytes(bytes),
        type,
        Figures.bytes(denseBytes),
        Figures.count(carried, "carried tensor"));
    if (bytes > denseBytes) {
      out.println("note: too few weights are zero for a sparse bitmask to pay");
    }
    List<String> renamed = matrices.stream().filter(name -> !name.endsWith(WEIGHT)).toList();
    if (!renamed.isEmpty()) {
      out.printf("note: readers add %s to the names of %s%n", WEIGHT, Figures.some(renamed));
    }
    out.flush();
  }
}
