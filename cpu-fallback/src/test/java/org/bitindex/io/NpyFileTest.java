package org.bitindex.io;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.bitindex.EncodedFormatException;
import org.bitindex.matrix.DType;
import org.bitindex.matrix.DenseMatrix;
import org.bitindex.matrix.NamedTensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NpyFileTest {
  @Test
  void writesRowsThatAreLongerThanItsBuffer(@TempDir Path folder) throws Exception {
    DenseMatrix weights = SampleModels.weights(2, 140_001, 3);
    Path path = folder.resolve("long.npy");
    NpyFile.write(path, weights, IfExists.REFUSE);
    try (NpyFile file = NpyFile.open(path)) {
      assertThat(Rows.of(file.matrix("long"))).isDeepEqualTo(Rows.of(weights));
    }
  }

  @TempDir Path folder;

  @Test
  void readsWhatItWroteInNumPysOwnForm() throws Exception {
    Path path = folder.resolve("x.npy");
    NpyFile.write(path, DenseMatrix.of(2, 3, 1, 2, 3, 4, 5, 6), IfExists.REFUSE);
    byte[] bytes = Files.readAllBytes(path);
    assertThat(bytes).hasSize(128 + 24);
    assertThat(new String(bytes, 10, 118, US_ASCII))
        .startsWith("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }  ")
        .endsWith(" \n");
    try (DenseFile file = DenseFile.open(path)) {
      assertThat(Rows.of(file.matrix("x"))).isDeepEqualTo(new float[][] {{1, 2, 3}, {4, 5, 6}});
    }
  }

  @Test
  void arraysOfAnyRankAndTypeComeBack() throws Exception {
    Path path = folder.resolve("a.npy");
    NamedTensor halves = NamedTensor.of("a", List.of(2L, 1L, 2L), 1, 2, 3, 4).as(DType.F16);
    NpyFile.write(path, halves, IfExists.REFUSE);
    try (NpyFile file = NpyFile.open(path)) {
      assertThat(file.tensor().type()).isEqualTo(DType.F16);
      assertThat(file.tensor().shape()).containsExactly(2L, 1L, 2L);
      assertThat(file.tensor().floats()).containsExactly(1, 2, 3, 4);
      assertThat(file.kinds()).containsEntry("a", "F16 tensor of rank 3");
    }
    NpyFile.write(path, NamedTensor.of("a", List.of(0L, 3L)), IfExists.REPLACE);
    try (NpyFile file = NpyFile.open(path)) {
      assertThat(file.matrices()).isEmpty();
      assertThat(file.kinds()).containsEntry("a", Kinds.EMPTY);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void readsEveryVersion(int version) throws Exception {
    Path path = write(version, "{'descr': '|i1', 'fortran_order': False, 'shape': (4,), }\n", 4);
    try (NpyFile file = NpyFile.open(path)) {
      assertThat(file.tensor().longs()).containsExactly(1, 1, 1, 1);
      assertThat(file.matrices()).isEmpty();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{'descr': '>f4', 'fortran_order': False, 'shape': (1,), } | array of '>f4', big-endian",
        "{'descr': 'O', 'fortran_order': False, 'shape': (1,), } | array of 'O', which cannot be"
            + " read",
        "{'descr': [('a', '<f4'), ('b', '<i4')], 'fortran_order': False, 'shape': (1,), } | a"
            + " structured type",
        "{'fortran_order': False, 'shape': (1,), } | array of missing",
        "{'descr': '<f4', 'fortran_order': True, 'shape': (1, 1), } | is in Fortran order",
        "{'descr': '<f4', 'fortran_order': Maybe, 'shape': (1,), } | fortran_order Maybe",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (-1,), } | header is",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,), } | shape",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (4294967296, 4294967296), } | overflows",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), } | has 4 bytes",
        "{'descr': '<f4', 'fortran_order': False, } | shape missing",
        "{'descr': '<f4', 'descr': '<f4', 'shape': (1,), } | descr twice",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (1,), | expected a Python dictionary",
        "exit() | expected a Python dictionary"
      })
  void refusesABadHeaderInOneSentence(String header, String message) throws Exception {
    Path path = write(1, header, 4);
    assertThatThrownBy(() -> NpyFile.open(path))
        .isInstanceOf(EncodedFormatException.class)
        .hasMessageStartingWith(path + ": ")
        .hasMessageContaining(message)
        .message()
        .hasLineCount(1);
  }

  @Test
  void aByteOrderMarkIsNamed() throws Exception {
    Path path = write(1, "xyz{'descr': '<f4', 'fortran_order': False, 'shape': (1,), }", 4);
    byte[] bytes = Files.readAllBytes(path);
    System.arraycopy(new byte[] {(byte) 0xef, (byte) 0xbb, (byte) 0xbf}, 0, bytes, 10, 3);
    Files.write(path, bytes);
    assertThatThrownBy(() -> NpyFile.open(path))
        .isInstanceOf(EncodedFormatException.class)
        .hasMessage(
            path + ": header begins with a byte order mark (BOM), expected a Python dictionary");
  }

  @Test
  void readsKeysAndTypesInDoubleQuotes() throws Exception {
    String header = "{\"descr\": \"<f4\", \"fortran_order\": False, \"shape\": (1,), }";
    try (NpyFile file = NpyFile.open(write(1, header, 4))) {
      assertThat(file.tensor().type()).isEqualTo(DType.F32);
    }
  }

  @Test
  void refusesTruncatedFiles() throws Exception {
    byte[] whole =
        Files.readAllBytes(
            write(1, "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }", 8));
    Path path = folder.resolve("cut.npy");
    for (int length = 0; length < whole.length; length++) {
      Files.write(path, Arrays.copyOf(whole, length));
      assertThatThrownBy(() -> NpyFile.open(path)).isInstanceOf(EncodedFormatException.class);
    }
  }

  /** A file whose data bytes are all 1. */
  private Path write(int version, String header, int dataBytes) throws Exception {
    var bytes = new ByteArrayOutputStream();
    bytes.writeBytes(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', (byte) version, 0});
    bytes.write(header.length());
    bytes.write(0);
    if (version > 1) {
      bytes.writeBytes(new byte[2]);
    }
    bytes.writeBytes(header.getBytes(US_ASCII));
    byte[] data = new byte[dataBytes];
    Arrays.fill(data, (byte) 1);
    bytes.writeBytes(data);
    return Files.write(folder.resolve("x.npy"), bytes.toByteArray());
  }
}
