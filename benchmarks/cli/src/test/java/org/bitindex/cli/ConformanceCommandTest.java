package org.bitindex.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import org.bitindex.onnx.DataType;
import org.bitindex.onnx.Graph;
import org.bitindex.onnx.Model;
import org.bitindex.onnx.Node;
import org.bitindex.onnx.ValueInfo;
import org.bitindex.onnx.ValueType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConformanceCommandTest {
  @TempDir private Path folder;

  /** A test of one operator with one input and one output of two floats, little-endian. */
  private void write(String operator, byte[] input, byte[] output) throws IOException {
    ValueType floats = ValueType.tensor(DataType.FLOAT, 2);
    var node = new Node("", operator, "", List.of("x"), List.of("y"), new LinkedHashMap<>());
    var graph =
        new Graph(
            "g",
            List.of(node),
            List.of(new ValueInfo("x", floats)),
            List.of(new ValueInfo("y", floats)),
            List.of(),
            new LinkedHashMap<>(),
            new LinkedHashMap<>());
    SequencedMap<String, Long> opsets = new LinkedHashMap<>();
    opsets.put("", 17L);
    var model = new Model(8, "", opsets, graph, List.of(), new LinkedHashMap<>());
    Path test = folder.resolve("test_" + operator);
    Path data = Files.createDirectories(test.resolve("test_data_set_0"));
    Files.write(test.resolve("model.onnx"), model.toBytes());
    Files.write(data.resolve("input_0.pb"), input);
    Files.write(data.resolve("output_0.pb"), output);
  }

  /** A TensorProto: dims 2, FLOAT, raw data of two floats whose upper bytes are given. */
  private static byte[] floats(int first, int second) {
    return new byte[] {
      8,
      2,
      16,
      1,
      0x4a,
      8,
      0,
      0,
      (byte) (first >> 8),
      (byte) first,
      0,
      0,
      (byte) (second >> 8),
      (byte) second
    };
  }

  @Test
  void testsAreCountedAndFailuresNamed() throws IOException {
    byte[] minusOneAndTwo = floats(0x80bf, 0x0040);
    byte[] oneAndTwo = floats(0x803f, 0x0040);
    byte[] zeroAndTwo = floats(0, 0x0040);
    write("Abs", minusOneAndTwo, oneAndTwo);
    write("Fancy", minusOneAndTwo, oneAndTwo);
    CommandRun good = CommandRun.ok("conformance", folder);
    assertThat(good.out())
        .contains("unsupported: operator Fancy: 1")
        .contains("2 tests: 1 passed, 0 failed, 1 unsupported; 2 operators, of which 1 pass");
    write("Relu", minusOneAndTwo, oneAndTwo);
    CommandRun bad = CommandRun.of("conformance", folder);
    assertThat(bad.exitCode()).isEqualTo(1);
    assertThat(bad.out()).contains("failed: test_Relu: output 0: element 0 is 0.0, expected 1.0");
    write("Relu", minusOneAndTwo, zeroAndTwo);
    assertThat(CommandRun.ok("conformance", folder).out()).contains("3 tests: 2 passed, 0 failed");
  }

  @Test
  void aFolderWithoutTestsIsAnError() {
    CommandRun.of("conformance", folder).requireFailure(1, "has no tests");
    CommandRun.of("conformance", folder.resolve("none")).requireFailure(1, "not a directory");
  }

  @Test
  void operatorsAreListed() {
    assertThat(CommandRun.ok("operators").out().lines())
        .contains("Conv", "LSTM", "MatMul")
        .isSorted();
  }
}
