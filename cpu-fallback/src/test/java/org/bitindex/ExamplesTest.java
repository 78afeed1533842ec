package org.bitindex;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.bitindex.graph.tensor.Tensor;
import org.bitindex.io.IfExists;
import org.bitindex.io.SafetensorsWriter;
import org.bitindex.matrix.NamedTensor;
import org.bitindex.onnx.Graph;
import org.bitindex.onnx.Models;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the README shows is what is compiled and run here. */
class ExamplesTest {
  private static final Path SOURCE = Path.of("src/test/java/org/bitindex/Examples.java");

  @TempDir private Path folder;

  private static float[] gaussian(int count) {
    Random random = new Random(count);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  /** What {@code example} prints. */
  private static String printed(Callable<Void> example) throws Exception {
    PrintStream before = System.out;
    var bytes = new ByteArrayOutputStream();
    try (var stream = new PrintStream(bytes, true, StandardCharsets.UTF_8)) {
      System.setOut(stream);
      example.call();
    } finally {
      System.setOut(before);
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }

  @Test
  void aMatrixIsEncodedMultipliedAndSaved() throws Exception {
    float[] x = gaussian(2 * 256);
    Path file = folder.resolve("w.bie.safetensors");
    String line =
        printed(() -> {
          Examples.matrix(gaussian(512 * 256), x, file);
          return null;
        });
    try (BitIndexMatrix saved = BitIndexMatrix.open(file)) {
      assertThat(saved.multiply(x)).hasSize(2 * 512).doesNotContain(Float.NaN);
      assertThat(saved.bitsPerWeight()).isBetween(1.415, 1.425);
      assertThat(line).isEqualTo("1024 outputs, %s bits a weight%n", saved.bitsPerWeight());
    }
  }

  @Test
  void aNetworkRuns() throws Exception {
    Graph graph = Models.graph(List.of("x"), List.of("y"), List.of(Models.node("Relu", "x", "y")));
    Path file = Files.write(folder.resolve("m.onnx"), Models.model(17, graph).toBytes());
    String line =
        printed(() -> {
          Examples.network(file, Tensor.of(new int[] {2}, -1f, 3f));
          return null;
        });
    assertThat(line).isEqualTo(Tensor.of(new int[] {2}, 0f, 3f) + System.lineSeparator());
  }

  @Test
  void thePartsGiveTheSameProduct() throws Exception {
    float[] values = gaussian(3 * 70);
    Path file = folder.resolve("w.safetensors");
    new SafetensorsWriter()
        .add(NamedTensor.of("layer.0.weight", List.of(3L, 70L), values))
        .write(file, IfExists.REFUSE);
    float[] output = new float[3];
    Examples.parts(file, gaussian(70), 1, output);
    try (BitIndexMatrix matrix = BitIndexMatrix.of(3, 70, values).encode()) {
      assertThat(matrix.multiply(gaussian(70))).isEqualTo(output);
    }
  }

  @Test
  void theReadmeShowsTheseExamples() throws Exception {
    String source = Files.readString(SOURCE);
    Map<String, List<String>> regions =
        Pattern.compile("// @start region=\"(\\w+)\"\n(.*?)// @end", Pattern.DOTALL)
            .matcher(source)
            .results()
            .collect(
                Collectors.toMap(match -> match.group(1), match -> strippedLines(match.group(2))));
    List<List<String>> shown =
        Pattern.compile("```java\n(.*?)```", Pattern.DOTALL)
            .matcher(Files.readString(Path.of("../README.md")))
            .results()
            .map(match -> strippedLines(match.group(1)))
            .toList();
    assertThat(shown).containsExactly(regions.get("matrix"), regions.get("network"));
  }

  private static List<String> strippedLines(String text) {
    return text.strip().lines().map(String::strip).toList();
  }
}
