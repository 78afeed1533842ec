package org.bitindex.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.bitindex.backend.Backend;
import org.bitindex.backend.Backends;
import org.bitindex.cli.text.Figures;
import org.bitindex.cli.text.JsonText;
import org.bitindex.cli.text.TextTable;
import org.bitindex.io.ModelFile;
import org.bitindex.matrix.NamedTensor;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code bie inspect}: what an encoded file holds and what it takes. */
@Command(
    name = "inspect",
    description =
        "Shows what an encoded file holds, what each matrix takes, and the least it could.",
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "density: share of set bits over all planes. ratio: FP32 bytes to stored bytes.",
      "entropy: of the weights' integers, scales added. over: bytes to entropy."
    })
final class InspectCommand implements Callable<Integer> {
  @Spec private CommandSpec command;

  @Parameters(paramLabel = "FILE", description = "encoded weights")
  private Path file;

  @Option(
      names = "--memory",
      description = "also what the best backend holds for products of one and of 64 samples")
  private boolean memory;

  @Mixin private JsonOption json;

  @Override
  public Integer call() throws IOException {
    PrintWriter out = command.commandLine().getOut();
    try (ModelFile model = ModelFile.open(file)) {
      model.verify(); // the entropy is that of what is stored
      List<MatrixSizes> sizes = model.matrices().entrySet().stream().map(MatrixSizes::of).toList();
      List<PreparedSizes> prepared = memory ? prepared(model) : List.of();
      out.println(json.asked() ? json(model, sizes, prepared) : table(model, sizes));
      if (memory && !json.asked()) {
        out.println();
        out.println(PreparedSizes.table(prepared));
      }
      out.flush();
    }
    return 0;
  }

  private static List<PreparedSizes> prepared(ModelFile model) {
    try (Backend backend = Backends.open()) {
      return model.matrices().entrySet().stream()
          .map(matrix -> PreparedSizes.of(matrix.getKey(), matrix.getValue(), backend))
          .toList();
    }
  }

  private static String table(ModelFile model, List<MatrixSizes> sizes) {
    var table =
        new TextTable(
            "tensor",
            "shape",
            "code",
            "layout",
            "density",
            "bytes",
            "ratio",
            "bits/weight",
            "entropy",
            "over");
    sizes.forEach(size -> size.addTo(table));
    MatrixSizes total = MatrixSizes.total(sizes);
    total.addTo(table);
    return table
        + System.lineSeparator()
        + "carried tensors: %d, %s%n".formatted(model.tensors().size(), carriedBytes(model))
        + "ratio by the paper's formula (64 bits an index): %s; by its table (32 bits): %s"
            .formatted(Figures.ratio(total.indexRatio(64)), Figures.ratio(total.indexRatio(32)));
  }

  private static String carriedBytes(ModelFile model) {
    return Figures.bytes(
        model.tensors().values().stream().mapToLong(tensor -> tensor.data().byteSize()).sum());
  }

  private String json(ModelFile model, List<MatrixSizes> sizes, List<PreparedSizes> prepared)
      throws IOException {
    Map<String, Object> root = new LinkedHashMap<>();
    root.put("file", file.toString());
    root.put("matrices", sizes.stream().map(MatrixSizes::toMap).toList());
    if (memory) {
      root.put("prepared", prepared);
    }
    root.put("carried", model.tensors().values().stream().map(InspectCommand::toMap).toList());
    return JsonText.text(root);
  }

  private static Map<String, Object> toMap(NamedTensor tensor) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("name", tensor.name());
    map.put("type", tensor.type());
    map.put("shape", tensor.shape());
    map.put("bytes", tensor.data().byteSize());
    return map;
  }
}
