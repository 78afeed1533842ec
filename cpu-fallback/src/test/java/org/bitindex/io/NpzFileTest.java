package org.bitindex.io;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.SequencedMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;
import org.bitindex.EncodedFormatException;
import org.bitindex.io.format.NpyHeader;
import org.bitindex.matrix.DType;
import org.bitindex.matrix.NamedTensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NpzFileTest {
  @TempDir private Path folder;

  private static final List<NamedTensor> ARRAYS =
      List.of(
          NamedTensor.of("x", List.of(2L, 3L), 1, 2, 3, 4, 5, 6),
          new NamedTensor(
              "mask", DType.I64, List.of(2L), MemorySegment.ofArray(new long[] {1, -2})),
          NamedTensor.of("a", List.of(), 7));

  private static void requireArrays(SequencedMap<String, NamedTensor> actual) {
    assertThat(actual.keySet()).containsExactly("x", "mask", "a");
    for (NamedTensor expected : ARRAYS) {
      NamedTensor array = Objects.requireNonNull(actual.get(expected.name()));
      assertThat(array.type()).isEqualTo(expected.type());
      assertThat(array.shape()).isEqualTo(expected.shape());
      assertThat(array.data().mismatch(expected.data())).isEqualTo(-1);
    }
  }

  @Test
  void readsWhatItWroteAndArraysOutliveTheFile() throws IOException {
    Path path = folder.resolve("inputs.npz");
    NpzFile.write(path, ARRAYS, IfExists.REFUSE);
    SequencedMap<String, NamedTensor> read = NpzFile.read(path);
    Files.write(path, new byte[0]);
    requireArrays(read);
    // As numpy.savez does it: nothing is compressed.
    NpzFile.write(path, ARRAYS, IfExists.REPLACE);
    byte[] whole = Files.readAllBytes(path);
    assertThat(new String(whole, ISO_8859_1)).contains("x.npy", "mask.npy", "'shape': (2, 3)");
  }

  @Test
  void readsCompressedArraysAsOfSavezCompressed() throws IOException {
    Path path = folder.resolve("inputs.npz");
    NpzFile.write(path, ARRAYS, IfExists.REFUSE);
    var bytes = new ByteArrayOutputStream();
    try (var zip = new ZipOutputStream(bytes);
        var stored = new ZipInputStream(Files.newInputStream(path))) {
      for (ZipEntry entry; (entry = stored.getNextEntry()) != null; ) {
        zip.putNextEntry(new ZipEntry(entry.getName()));
        zip.write(stored.readAllBytes());
        zip.closeEntry();
      }
    }
    Files.write(path, bytes.toByteArray());
    requireArrays(NpzFile.read(path));
  }

  private Path zip(String entry, byte[] contents) throws IOException {
    Path path = folder.resolve("bad.npz");
    try (var zip = new ZipOutputStream(Files.newOutputStream(path))) {
      if (!entry.isEmpty()) {
        zip.putNextEntry(new ZipEntry(entry));
        zip.write(contents);
      }
    }
    return path;
  }

  private static void requireRefused(Path path, String message) {
    assertThatThrownBy(() -> NpzFile.read(path))
        .isInstanceOf(EncodedFormatException.class)
        .hasMessage(path + message);
  }

  @Test
  void archivesOfAnythingElseAreRefused() throws IOException {
    requireRefused(
        zip("readme.txt", new byte[3]),
        ": holds readme.txt, expected arrays as numpy.savez writes them");
    requireRefused(zip("", new byte[0]), ": holds no arrays");
    requireRefused(zip("x.npy", new byte[3]), ": x.npy: is not a .npy file (no NUMPY magic)");
    byte[] head = NpyHeader.header(DType.F32, List.of(2L));
    requireRefused(zip("x.npy", head), ": x.npy: tensor x has 0 bytes, F32 of shape [2] has 8");
    assertThatThrownBy(() -> NpzFile.read(folder.resolve("none.npz")))
        .hasMessage("cannot read " + folder.resolve("none.npz") + ": no such file or directory");
  }

  @Test
  void archivesThatAreCutAreRefusedOrGiveFewerWholeArrays() throws IOException {
    Path path = folder.resolve("cut.npz");
    NpzFile.write(path, ARRAYS, IfExists.REFUSE);
    byte[] whole = Files.readAllBytes(path);
    int refused = 0;
    for (int length = 0; length < whole.length; length++) {
      Files.write(path, Arrays.copyOf(whole, length));
      try {
        for (NamedTensor array : NpzFile.read(path).values()) {
          assertThat(ARRAYS)
              .anySatisfy(expected -> {
                assertThat(array.name()).isEqualTo(expected.name());
                assertThat(array.data().mismatch(expected.data())).isEqualTo(-1);
              });
        }
      } catch (EncodedFormatException e) {
        assertThat(e).hasMessageStartingWith(path + ": ").message().hasLineCount(1);
        refused++;
      }
    }
    assertThat(refused).isGreaterThan(whole.length / 2);
  }
}
