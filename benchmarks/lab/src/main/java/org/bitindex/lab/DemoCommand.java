package org.bitindex.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.concurrent.Callable;
import org.bitindex.cli.Failures;
import org.bitindex.cli.JsonOption;
import org.bitindex.cli.ThreadOptions;
import org.bitindex.cli.text.Figures;
import org.bitindex.cli.text.WallTime;
import org.bitindex.code.Code;
import org.bitindex.encode.Coding;
import org.bitindex.encode.Recipe;
import org.bitindex.encode.ScaleMode;
import org.bitindex.io.DenseFile;
import org.bitindex.io.IfExists;
import org.bitindex.io.ModelFile;
import org.bitindex.io.ModelWriter;
import org.bitindex.layout.Layout;
import org.bitindex.matrix.EncodedMatrix;
import org.bitindex.matrix.Weights;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code bie demo}: the whole way with a real network. */
@Command(
    name = "demo",
    description =
        "Encodes a network in several ways, writes and opens the file, multiplies on every"
            + " backend.",
    mixinStandardHelpOptions = true)
final class DemoCommand implements Callable<Integer> {
  /** The way to encode that the file is written in. */
  private static final Code CODE = new Code.Symmetric(4);

  private static final double SPARSITY = 0.9;

  private static final String LEGEND =
      """
      ratio: FP32 bytes to bytes. over entropy: bytes to the entropy of the weights' integers.
      error, SQNR: of encoding alone, against the pruned weights. From FP16 on: other formats.
      """;

  /** Matrices of one layer of a transformer: query, key, value, output, and two feed-forward. */
  private static final int LAYER = 6;

  @Spec private CommandSpec command;

  @Option(
      names = "--model",
      paramLabel = "FILE",
      description = "dense weights (default: all-MiniLM-L6-v2, which ./setup.sh demo downloads)")
  private @Nullable Path model = defaultModel();

  @Mixin private ThreadOptions threads;

  @Mixin private JsonOption json;

  private static @Nullable Path defaultModel() {
    String file = System.getProperty("bie.minilm");
    return file == null ? null : Path.of(file);
  }

  @Override
  public Integer call() throws IOException {
    if (model == null) {
      throw new ParameterException(
          command.commandLine(), "there is no model: give --model, or run ./setup.sh demo");
    }
    Path folder = Files.createTempDirectory("bie-demo");
    Path encoded = folder.resolve("model.safetensors");
    try {
      DemoSizes sizes = encode(model, encoded);
      DemoProducts products = multiply(encoded);
      json.printIfAsked(Map.of("sizes", sizes.sizes(), "products", products.rows()));
      return products.identical() ? 0 : Failures.BAD_DATA;
    } finally {
      Files.deleteIfExists(encoded);
      Files.delete(folder);
    }
  }

  private DemoSizes encode(Path model, Path target) throws IOException {
    try (DenseFile file = DenseFile.open(model)) {
      SequencedMap<String, Weights> matrices = file.matrices();
      print(
          "%s: %s, %s as FP32; pruned by magnitude, then encoded:%n"
              .formatted(
                  model.getFileName(),
                  Figures.count(matrices.size(), "matrix"),
                  fp32Bytes(matrices.values())));
      var sizes = new DemoSizes(threads.count());
      sizes.run(matrices.values());
      print(sizes.toString());
      print(LEGEND);
      writeModel(matrices, target);
      return sizes;
    }
  }

  private static String fp32Bytes(Collection<Weights> matrices) {
    return Figures.bytes(
        matrices.stream().mapToDouble(m -> (double) m.rows() * m.columns() * Float.BYTES).sum());
  }

  private void writeModel(SequencedMap<String, Weights> matrices, Path target) throws IOException {
    var recipe =
        new Recipe(
            SPARSITY,
            new Coding.MinMax(CODE),
            ScaleMode.ROW,
            new Layout.Adaptive(),
            threads.count());
    SequencedMap<String, EncodedMatrix> encoded = new LinkedHashMap<>();
    try {
      long start = System.nanoTime();
      matrices.forEach((name, weights) -> encoded.put(name, recipe.encode(weights)));
      String encoding = Figures.seconds(WallTime.secondsSince(start));
      var writer = new ModelWriter();
      encoded.forEach(writer::add);
      start = System.nanoTime();
      writer.write(target, IfExists.REFUSE);
      print(
          "%s, %s pruned: pruned and encoded in %s, written in %s (%s)"
              .formatted(
                  CODE.label(),
                  Figures.percent(SPARSITY),
                  encoding,
                  Figures.seconds(WallTime.secondsSince(start)),
                  Figures.bytes(Files.size(target))));
    } finally {
      encoded.values().forEach(EncodedMatrix::close);
    }
  }

  private DemoProducts multiply(Path encoded) throws IOException {
    long start = System.nanoTime();
    try (ModelFile file = ModelFile.open(encoded)) {
      String opening = Figures.seconds(WallTime.secondsSince(start));
      start = System.nanoTime();
      file.verify();
      print(
          "opened in %s, all checksums and indices verified in %s%n"
              .formatted(opening, Figures.seconds(WallTime.secondsSince(start))));
      List<EncodedMatrix> layer = file.matrices().values().stream().limit(LAYER).toList();
      print(
          "Products of its first %s, one layer, %s:%n"
              .formatted(
                  Figures.count(layer.size(), "matrix"), Figures.count(threads.count(), "thread")));
      var products = new DemoProducts(layer, threads.count());
      products.run();
      print(products.toString());
      return products;
    }
  }

  private void print(String text) {
    json.remarks().println(text);
    json.remarks().flush();
  }
}
