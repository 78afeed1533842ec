package org.bitindex.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.bitindex.backend.Backend;
import org.bitindex.backend.Backends;
import org.bitindex.cli.text.Figures;
import org.bitindex.cli.text.TextTable;
import org.bitindex.io.ModelFile;
import org.bitindex.matrix.NamedTensor;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

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
  @Parameters(paramLabel = "FILE", description = "encoded weights")
  private Path file;

  @Option(
      names = "--memory",
      description = "also what the best backend holds for products of one and of 64 samples")
  private boolean memory;

  @Mixin private JsonOption json;

  @Override
  public Integer call() throws IOException {
    try (ModelFile model = ModelFile.open(file)) {
      model.verify(); // the entropy is that of what is stored
      List<MatrixSizes> sizes = model.matrices().entrySet().stream().map(MatrixSizes::of).toList();
      List<PreparedSizes> prepared = memory ? prepared(model) : List.of();
      json.print(found(model, sizes, prepared), () -> text(model, sizes, prepared));
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

  private String text(ModelFile model, List<MatrixSizes> sizes, List<PreparedSizes> prepared) {
    String text = text(model, sizes);
    return memory
        ? String.join(System.lineSeparator(), text, "", PreparedSizes.table(prepared).toString())
        : text;
  }

  private static String text(ModelFile model, List<MatrixSizes> sizes) {
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
    sizes.forEach(size -> add(table, size));
    MatrixSizes total = MatrixSizes.total(sizes);
    add(table, total);
    return table
        + System.lineSeparator()
        + "carried tensors: %d, %s%n".formatted(model.tensors().size(), carriedBytes(model))
        + "ratio by the paper's formula (64 bits an index): %s; by its table (32 bits): %s"
            .formatted(Figures.ratio(total.indexRatio(64)), Figures.ratio(total.indexRatio(32)));
  }

  private static void add(TextTable table, MatrixSizes size) {
    table.add(
        Figures.name(size.name()),
        size.shape().stream().map(String::valueOf).collect(Collectors.joining(" x ")),
        size.code(),
        size.layout(),
        Figures.percent(size.density()),
        Figures.bytes(size.bytes()),
        Figures.ratio(size.ratio()),
        Figures.significant(size.bitsPerWeight()),
        Figures.bytes(size.entropyBytes()),
        Figures.ratio(size.overEntropy()));
  }

  private static String carriedBytes(ModelFile model) {
    return Figures.bytes(
        model.tensors().values().stream().mapToLong(tensor -> tensor.data().byteSize()).sum());
  }

  private Map<String, Object> found(
      ModelFile model, List<MatrixSizes> sizes, List<PreparedSizes> prepared) {
    Map<String, Object> root = new LinkedHashMap<>();
    root.put("file", file.toString());
    root.put("matrices", sizes.stream().map(MatrixSizes::toMap).toList());
    if (memory) {
      root.put("prepared", prepared);
    }
    root.put("carried", model.tensors().values().stream().map(InspectCommand::toMap).toList());
    return root;
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
