package org.bitindex.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.bitindex.io.ModelFile;
import org.bitindex.io.SafetensorsFile;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is not encoded goes through encode, decode and export as it came. */
class CarriedTensorsTest {
  @TempDir private Path folder;

  private Path dense;
  private Path encoded;
  private Path decoded;

  @BeforeEach
  void choosePaths() {
    dense = folder.resolve("dense.safetensors");
    encoded = folder.resolve("encoded.safetensors");
    decoded = folder.resolve("decoded.safetensors");
  }

  /** Writes a safetensors file from its JSON; floats count up from 1, and fill all data. */
  private void write(String json, int bytes) throws IOException {
    var out = new ByteArrayOutputStream();
    byte[] header = json.getBytes(UTF_8);
    out.writeBytes(
        ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(header.length).array());
    out.writeBytes(header);
    ByteBuffer data = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 1; data.remaining() >= 4; i++) {
      data.putFloat(i);
    }
    out.writeBytes(data.array());
    Files.write(dense, out.toByteArray());
  }

  private String encode(Object... more) {
    Object[] words = new Object[more.length + 5];
    System.arraycopy(
        new Object[] {"encode", "--input", dense, "--output", encoded}, 0, words, 0, 5);
    System.arraycopy(more, 0, words, 5, more.length);
    CommandRun run = CommandRun.ok(words);
    CommandRun.ok("verify", encoded);
    CommandRun.ok("inspect", encoded);
    CommandRun.ok("decode", "--input", encoded, "--output", decoded, "--force");
    return run.out();
  }

  private void requireCarried(String... names) throws IOException {
    try (var before = SafetensorsFile.open(dense);
        var model = ModelFile.open(encoded);
        var after = SafetensorsFile.open(decoded)) {
      assertThat(model.tensors()).containsOnlyKeys(names);
      assertThat(after.tensors()).containsOnlyKeys(before.tensors().keySet());
      for (String name : names) {
        assertThat(after.tensor(name).typeName()).isEqualTo(before.tensor(name).typeName());
        assertThat(after.tensor(name).shape()).isEqualTo(before.tensor(name).shape());
        assertThat(after.tensor(name).data().mismatch(before.tensor(name).data())).isEqualTo(-1);
      }
    }
  }

  private static final String W =
      "\"w\":{\"dtype\":\"F32\",\"shape\":[3,4],\"data_offsets\":[0,48]}";

  @Test
  void metadataOfUsersIsKept() throws IOException {
    write(
        "{\"__metadata__\":{\"format\":\"pt\",\"author\":\"me\",\"description\":\"mine\"},"
            + W
            + "}",
        48);
    encode();
    Map<String, String> expected = Map.of("format", "pt", "author", "me", "description", "mine");
    Path exported = folder.resolve("exported.safetensors");
    CommandRun.ok("export", "--input", encoded, "--output", exported);
    Path again = folder.resolve("again.safetensors");
    CommandRun.ok("export", "--input", dense, "--output", again);
    try (var model = ModelFile.open(encoded)) {
      assertThat(model.metadata()).containsExactlyInAnyOrderEntriesOf(expected);
    }
    for (Path path : List.of(decoded, exported, again)) {
      try (var file = SafetensorsFile.open(path)) {
        assertThat(file.metadata()).containsExactlyInAnyOrderEntriesOf(expected);
      }
    }
  }

  @Test
  void nullMetadataIsNone() throws IOException {
    write("{\"__metadata__\":null," + W + "}", 48);
    encode();
    try (var model = ModelFile.open(encoded)) {
      assertThat(model.metadata()).isEmpty();
    }
  }

  @Test
  void emptyTensorsAreCarried() throws IOException {
    write(
        "{"
            + W
            + ",\"empty8\":{\"dtype\":\"F8_E4M3\",\"shape\":[0],\"data_offsets\":[0,0]}"
            + ",\"empty2d\":{\"dtype\":\"F32\",\"shape\":[0,4],\"data_offsets\":[48,48]}"
            + ",\"scalar\":{\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[48,52]}}",
        52);
    assertThat(encode()).contains("2 x empty tensor (empty8, empty2d)");
    requireCarried("empty8", "empty2d", "scalar");
  }

  @Test
  void typesThatAreNotKnownAreCarriedAsBytes() throws IOException {
    write(
        "{"
            + W
            + ",\"s\":{\"dtype\":\"F4\",\"shape\":[2,4],\"data_offsets\":[48,52]}"
            + ",\"t\":{\"dtype\":\"F99_NEW\",\"shape\":[7],\"data_offsets\":[52,55]}}",
        55);
    assertThat(encode()).contains("1 x F4 matrix (s)", "1 x F99_NEW tensor of rank 1 (t)");
    requireCarried("s", "t");
  }

  @Test
  void namesOfOurOwnMayBeTaken() throws IOException {
    write(
        "{"
            + W
            + ",\"w.bie.note\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[48,52]}"
            + ",\"w.bie2.scales\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[52,56]}"
            + ",\"w.bie.plane0.data\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[56,60]}}",
        60);
    encode();
    requireCarried("w.bie.note", "w.bie2.scales", "w.bie.plane0.data");
  }

  @Test
  void longNamesAreNames() throws IOException {
    String name = "n".repeat(60_000);
    write(
        "{\"%s\":{\"dtype\":\"F32\",\"shape\":[3,4],\"data_offsets\":[0,48]}}".formatted(name), 48);
    encode();
    try (var after = SafetensorsFile.open(decoded)) {
      assertThat(after.matrices()).containsOnlyKeys(name);
    }
  }

  @Test
  void halfASurrogatePairIsNoName() throws IOException {
    write("{\"\\ud800\":{\"dtype\":\"F32\",\"shape\":[3,4],\"data_offsets\":[0,48]}}", 48);
    CommandRun.of("encode", "--input", dense, "--output", encoded)
        .requireFailure(1, "dense.safetensors", "surrogate pair");
  }

  @Test
  void scalesOfQuantisedWeightsAreNeverEncoded() throws IOException {
    write(
        "{\"q.weight\":{\"dtype\":\"F8_E4M3\",\"shape\":[4,4],\"data_offsets\":[0,16]}"
            + ",\"q.weight_scale_inv\":{\"dtype\":\"F32\",\"shape\":[2,4],"
            + "\"data_offsets\":[16,48]}"
            + ",\"lm_head.weight\":{\"dtype\":\"F32\",\"shape\":[2,2],\"data_offsets\":[48,64]}}",
        64);
    for (Object[] more : new Object[][] {{}, {"--tensor", ".", "--force"}}) {
      assertThat(encode(more))
          .contains(
              "encoded 1 matrix:",
              "  lm_head.weight",
              "1 x F8_E4M3 matrix (q.weight)",
              "1 x scale of quantised weights (q.weight_scale_inv)");
      requireCarried("q.weight", "q.weight_scale_inv");
    }
  }

  @Test
  void embeddingsAndRowsOfBiasesAreEncodedWhereAskedFor() throws IOException {
    write(
        "{"
            + W
            + ",\"wte.weight\":{\"dtype\":\"F32\",\"shape\":[2,2],\"data_offsets\":[48,64]}"
            + ",\"fc.bias\":{\"dtype\":\"F32\",\"shape\":[1,2],\"data_offsets\":[64,72]}}",
        72);
    assertThat(encode()).contains("1 x embedding (wte.weight)", "1 x bias (fc.bias)");
    requireCarried("wte.weight", "fc.bias");
    encode("--tensor", "wte", "--force");
    requireCarried("w", "fc.bias");
  }

  @Test
  void aFileWithoutMatricesSaysWhatItHolds() throws IOException {
    write(
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1,1,2,2],\"data_offsets\":[0,16]}"
            + ",\"b\":{\"dtype\":\"F32\",\"shape\":[1,1,2,2],\"data_offsets\":[16,32]}"
            + ",\"c\":{\"dtype\":\"I8\",\"shape\":[2,2],\"data_offsets\":[32,36]}"
            + ",\"wte.weight\":{\"dtype\":\"F32\",\"shape\":[1,1],\"data_offsets\":[36,40]}}",
        40);
    CommandRun.of("encode", "--input", dense, "--output", encoded)
        .requireFailure(
            1,
            "holds no weights of products, but 2 x F32 tensor of rank 4 (a, b), 1 x I8 matrix (c),"
                + " 1 x embedding (wte.weight); --tensor takes wte.weight");
    assertThat(encoded).doesNotExist();
  }

  @Test
  void namesDoNotReachTheTerminalWithControlCharacters() throws IOException {
    write(
        "{\"\\u001b[31m\":{\"dtype\":\"F32\",\"shape\":[3,4],\"data_offsets\":[0,48]}"
            + ",\"\\u0007\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[48,52]}}",
        52);
    String out = encode("--bits", 8, "--layout", "flat") + CommandRun.ok("inspect", encoded).out();
    assertThat(out.replace(System.lineSeparator(), "")).doesNotContainPattern("\\p{Cntrl}");
    assertThat(out).contains("?[31m");
  }
}
