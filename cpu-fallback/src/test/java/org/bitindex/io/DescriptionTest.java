package org.bitindex.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.bitindex.EncodedFormatException;
import org.bitindex.code.Code;
import org.bitindex.encode.Encoder;
import org.bitindex.encode.ScaleMode;
import org.bitindex.io.format.Json;
import org.bitindex.layout.Layout;
import org.bitindex.matrix.DType;
import org.bitindex.matrix.DenseMatrix;
import org.bitindex.matrix.EncodedMatrix;
import org.bitindex.matrix.NamedTensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a description may say of a matrix: one entry of a valid file is changed at a time. */
class DescriptionTest {
  private static final DenseMatrix WEIGHTS = DenseMatrix.of(2, 3, 1, 2, 3, -4, 5, 6);

  private static final List<Long> ONE = List.of(1L);

  @TempDir private Path folder;

  /** The file of one matrix w, in whose entry {@code key} has another value, or none. */
  private Path changed(Code code, Layout layout, String key, String value) throws IOException {
    Path path = folder.resolve("m.safetensors");
    try (EncodedMatrix matrix = new Encoder(code, ScaleMode.ROW, layout, 1).encode(WEIGHTS)) {
      new ModelWriter().add("w", matrix).write(path, IfExists.REPLACE);
    }
    var writer = new SafetensorsWriter();
    try (SafetensorsFile file = SafetensorsFile.open(path)) {
      file.metadata().forEach(writer::metadata);
      ObjectNode description =
          (ObjectNode)
              Json.MAPPER.readTree(
                  Objects.requireNonNull(file.metadata().get(ModelFormat.DESCRIPTION)));
      ObjectNode node = (ObjectNode) description.path("matrices").path("w");
      String[] keys = key.split("/", -1);
      for (int i = 0; i < keys.length - 1; i++) {
        node = (ObjectNode) node.path(keys[i]);
      }
      JsonNode other = Json.MAPPER.readTree(value);
      if (other.isMissingNode()) {
        node.remove(keys[keys.length - 1]);
      } else {
        node.set(keys[keys.length - 1], other);
      }
      String text = description.toString();
      writer.metadata(ModelFormat.DESCRIPTION, text);
      writer.metadata(ModelFormat.DESCRIPTION_CHECKSUM, ModelFormat.checksum(text));
      file.tensors().values().forEach(writer::add);
      Path copy = folder.resolve("changed.safetensors");
      writer.write(copy, IfExists.REPLACE);
      return copy;
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "none",
      quoteCharacter = '`',
      value = {
        "tensors | `` | tensors is missing, expected a string",
        "rows | -1 | rows is -1, expected an integer from 0 to 2147483647",
        "rows | 2147483648 | rows is 2147483648, expected an integer from 0 to 2147483647",
        "rows | 2.5 | rows is 2.5, expected an integer from 0 to 2147483647",
        "columns | 99999999999999999999 | columns is 99999999999999999999, expected an integer from"
            + " 0 to 2147483647",
        "set_bits | [7,0,0,0,0,0] | set_bits is 7, expected an integer from 0 to 6",
        "set_bits | [0] | set_bits has 1 elements, code Symmetric[bits=4] has 6 planes",
        "code/name | \"novel\" | code is novel, which is unknown",
        "code/bits | 1 | bits is 1, ",
        "code/bits | `` | bits is missing, expected an integer from 0 to 2147483647",
        "layout/name | \"novel\" | layout is novel, which is unknown",
        "layout/name | 3 | name is 3, expected a string",
        "layout | {\"name\":\"blocked\",\"block_columns\":63} | blockColumns is 63, allowed are",
        "scale_exponent | 0.5 | scale_exponent is 0.5, expected an integer from -",
        "scale_exponent | 99999999999 | scale_exponent is 99999999999, expected an integer from -",
        "scale_exponent | 2147483647 | scale_exponent is 2147483647, expected an integer from -",
        "scale_exponent | -2147483648 | scale_exponent is -2147483648, expected an integer from -",
        "fewer_bits | [] | fewer_bits has 0 elements, code Symmetric[bits=4] has 2 fewer numbers of"
            + " bits",
        "fewer_bits | [[1],[1,0]] | fewer_bits holds [1], expected [slope, intercept]",
        "fewer_bits | [[1,0],[1,0,0]] | fewer_bits holds [1,0,0], expected [slope, intercept]",
        "fewer_bits | [[1,0],[\"1\",0]] | fewer_bits holds [\"1\",0], expected [slope, intercept]",
        "fewer_bits | [[1,0],[1,null]] | fewer_bits holds [1,null], expected [slope, intercept]",
        "fewer_bits | [[1,0],[1e99,0]] | slope is Infinity and intercept is 0.0, must be finite",
        "aliases | [7] | aliases hold 7, expected strings",
        "transposed | 1 | transposed is 1, expected true or false",
        "shape | [-1] | shape is -1, expected an integer from 0 to 9223372036854775807",
        "index | -1 | index is -1, expected an integer from 0 to 2147483647",
        "factor | 0 | factor is 0.0, must be finite and not zero",
        "factor | \"1\" | factor is \"1\", expected a number",
        "of | 7 | of is 7, expected a string",
      })
  void whatNoWriterWritesIsRefused(String key, String value, String message) throws IOException {
    Path path = changed(new Code.Symmetric(4), new Layout.Flat(), key, value);
    assertThatThrownBy(() -> ModelFile.open(path))
        .isInstanceOf(EncodedFormatException.class)
        .hasMessageStartingWith(path + ": matrix w: " + message);
  }

  @Test
  void exponentsScaleBothWays() throws IOException {
    for (int exponent : new int[] {-3, 0, 2}) {
      Path path =
          changed(
              new Code.Symmetric(4), new Layout.Flat(), "scale_exponent", String.valueOf(exponent));
      try (ModelFile file = ModelFile.open(path)) {
        EncodedMatrix scaled = file.matrix("w");
        try (EncodedMatrix plain =
            new Encoder(new Code.Symmetric(4), ScaleMode.ROW, new Layout.Flat(), 1)
                .encode(WEIGHTS)) {
          int before = plain.scales().exponent();
          for (int i = 0; i < 2; i++) {
            assertThat(scaled.scale(i)).isEqualTo(Math.scalb(plain.scale(i), exponent - before));
          }
        }
      }
    }
  }

  @Test
  void thresholdsOfEveryCodeComeBack() throws IOException {
    for (Code code : new Code[] {new Code.Binary(0.1f), new Code.Ternary(-0.3f, 0.2f)}) {
      Path path = changed(code, new Layout.Adaptive(1), "of", "\"tensor\"");
      try (ModelFile file = ModelFile.open(path)) {
        assertThat(file.matrix("w").code()).isEqualTo(code);
        assertThat(file.use("w").tensor()).isEqualTo("tensor");
      }
    }
  }

  @Test
  void partsThatBelongToNoMatrixAndTypesOfOtherPartsAreRefused() throws IOException {
    requireRefused(
        NamedTensor.of("w.bie.more", ONE, 1), "w.bie.more is F32, expected an unsigned type");
    requireRefused(
        new NamedTensor("w.bie.more", DType.U8, ONE, MemorySegment.ofArray(new byte[1])),
        "tensor w.bie.more has no place in it");
    requireRefused(
        new NamedTensor("w.bie.offsets", DType.I8, ONE, MemorySegment.ofArray(new byte[1])),
        "offsets are I8, expected F16 or F32");
  }

  /** Adds a tensor to a valid file. */
  private void requireRefused(NamedTensor more, String message) throws IOException {
    Path path = changed(new Code.Affine(2), new Layout.Flat(), "of", "\"w\"");
    Path copy = folder.resolve("more.safetensors");
    var writer = new SafetensorsWriter();
    try (SafetensorsFile file = SafetensorsFile.open(path)) {
      ObjectNode description =
          (ObjectNode)
              Json.MAPPER.readTree(
                  Objects.requireNonNull(file.metadata().get(ModelFormat.DESCRIPTION)));
      ((ObjectNode) description.path("crc32c")).put(more.name(), "00000000");
      String text = description.toString();
      file.metadata().forEach(writer::metadata);
      writer.metadata(ModelFormat.DESCRIPTION, text);
      writer.metadata(ModelFormat.DESCRIPTION_CHECKSUM, ModelFormat.checksum(text));
      file.tensors()
          .forEach((name, tensor) -> {
            if (!name.equals(more.name())) {
              writer.add(tensor);
            }
          });
      writer.add(more).write(copy, IfExists.REPLACE);
    }
    assertThatThrownBy(() -> ModelFile.open(copy))
        .isInstanceOf(EncodedFormatException.class)
        .hasMessage(copy + ": matrix w: " + message);
  }
}
