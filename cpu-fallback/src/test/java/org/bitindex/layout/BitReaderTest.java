package org.bitindex.layout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.MemorySegment;
import java.util.Random;
import org.bitindex.EncodedFormatException;
import org.junit.jupiter.api.Test;

class BitReaderTest {
  /** One reader for streams that grow, at any address. */
  @Test
  void streamsOfEveryLengthAreRead() throws EncodedFormatException {
    byte[] bytes = new byte[1200];
    new Random(1).nextBytes(bytes);
    MemorySegment data = MemorySegment.ofArray(bytes);
    var reader = new BitReader();
    for (int length = 0; length < bytes.length - 3; length++) {
      reader.open(data, 3, 3L + length);
      for (int i = 0; i < length; i++) {
        assertThat(reader.get(8)).as("byte %d of %d", i, length).isEqualTo(bytes[3 + i] & 0xff);
      }
      assertThat(reader.get(63)).isZero();
      reader.seek(8L * length);
      reader.requireEnd();
    }
  }

  @Test
  void onlyZerosThatFillTheLastByteMayBeLeft() throws EncodedFormatException {
    MemorySegment data = MemorySegment.ofArray(new byte[] {-1, 1, 0});
    var reader = new BitReader();
    reader.open(data, 0, 2);
    for (int bits = 0; bits < 16; bits++) {
      reader.seek(bits);
      if (bits < 9) {
        assertThatThrownBy(reader::requireEnd)
            .isInstanceOf(EncodedFormatException.class)
            .hasMessage(
                "ends at bit %d of 16, expected zeros that fill its last byte".formatted(bits));
      } else {
        reader.requireEnd();
      }
    }
    reader.seek(17);
    assertThatThrownBy(reader::requireEnd).hasMessage("runs past its end");
    reader.open(data, 0, 3);
    reader.seek(16);
    assertThatThrownBy(reader::requireEnd)
        .hasMessage("ends at bit 16 of 24, expected zeros that fill its last byte");
    reader.seek(17);
    reader.requireEnd();
  }
}
