package org.bitindex.io;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;
import org.bitindex.EncodedFormatException;
import org.bitindex.io.format.Json;
import org.bitindex.io.format.MappedFile;
import org.bitindex.layout.BitMatrix;
import org.bitindex.layout.ElementType;
import org.bitindex.layout.Layout;
import org.bitindex.layout.PlaneReader;
import org.bitindex.layout.StoredArray;
import org.bitindex.layout.StoredPlanes;

class ModelFuzzTest {
  @FuzzTest(maxDuration = "90s")
  void anyBytesAreReadOrRefused(byte[] data) throws IOException {
    try (ModelFile file = new ModelFile(FuzzHarness.mapped(data))) {
      file.verify();
      file.matrices().values().forEach(FuzzHarness::readRows);
    } catch (EncodedFormatException e) {
      FuzzHarness.requireOneSentence(e);
    }
  }

  /** What lies behind the description's checksum, which a fuzzer seldom gets right. */
  @FuzzTest(maxDuration = "60s")
  void anyDescriptionIsReadOrRefused(byte[] json) throws IOException {
    try (MappedFile file = FuzzHarness.mapped(json)) {
      var reader = new ModelJson(file, "entry");
      reader.readMatrix(Json.object(file, "description", json));
    } catch (EncodedFormatException e) {
      FuzzHarness.requireOneSentence(e);
    }
  }

  /** A plane that passes its check can be read, and holds as many bits as it says. */
  @FuzzTest(maxDuration = "90s")
  void anyPlaneIsReadOrRefused(FuzzedDataProvider data) {
    Layout layout =
        data.pickValue(
            new Layout[] {
              new Layout.Flat(),
              new Layout.Blocked(64),
              new Layout.Blocked(512),
              new Layout.Adaptive(1),
              new Layout.Adaptive(3)
            });
    int rows = data.consumeInt(0, 4);
    int columns = data.consumeInt(0, 1100);
    int setBits = data.consumeInt(0, rows * columns);
    StoredArray indices = array("plane0.indices", data);
    StoredArray offsets = array("plane0.offsets", data);
    var bytes = new StoredArray("plane0", ElementType.U8, segment(data.consumeRemainingAsBytes()));
    try {
      StoredPlanes plane =
          layout.open(
              rows,
              columns,
              new int[] {1},
              List.of((long) setBits),
              Map.of("plane0.indices", indices, "plane0.offsets", offsets, "plane0", bytes));
      plane.verify();
      long count = 0;
      long[][] words = new long[1][BitMatrix.wordsPerRow(columns)];
      PlaneReader reader = plane.reader();
      for (int row = 0; row < rows; row++) {
        reader.readRow(row, words);
        for (long word : words[0]) {
          count += Long.bitCount(word);
        }
      }
      if (count != setBits) {
        throw new AssertionError("verified plane has " + count + " bits, not " + setBits);
      }
    } catch (EncodedFormatException e) {
      FuzzHarness.requireOneSentence(e);
    }
  }

  private static StoredArray array(String name, FuzzedDataProvider data) {
    ElementType type = data.pickValue(ElementType.values());
    byte[] bytes = data.consumeBytes(data.consumeInt(0, 64) * type.bytes());
    int whole = bytes.length / type.bytes() * type.bytes();
    return new StoredArray(name, type, segment(bytes).asSlice(0, whole));
  }

  private static MemorySegment segment(byte[] bytes) {
    return MemorySegment.ofArray(bytes).asReadOnly();
  }
}
