package org.bitindex.io;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Set;
import java.util.zip.CRC32C;

/** Names and checksums of the encoded format; {@code docs/format.md} specifies it. */
final class ModelFormat {
  static final String FORMAT = "format";
  static final String VERSION = "format_version";
  static final String DESCRIPTION = "description";
  static final String DESCRIPTION_CHECKSUM = "description_crc32c";
  static final Set<String> RESERVED_KEYS =
      Set.of(FORMAT, VERSION, DESCRIPTION, DESCRIPTION_CHECKSUM);

  static final String FORMAT_NAME = "bit-index-encoding";
  static final String CURRENT_VERSION = "1";

  static final String SCALES = "scales";
  static final String OFFSETS = "offsets";

  private static final int CHUNK_BYTES = 1 << 16;

  private ModelFormat() {}

  /** Prefix of the tensors of a matrix, but for those of its planes. */
  static String group(String matrix) {
    return matrix + ".bie";
  }

  /** Prefix of the tensors of one plane. */
  static String group(String matrix, int plane) {
    return group(matrix) + ".plane" + plane;
  }

  /** CRC-32C (Castagnoli) as 8 lower-case hexadecimal digits. */
  static String checksum(MemorySegment data) {
    var crc = new CRC32C();
    byte[] chunk = new byte[(int) Math.min(CHUNK_BYTES, data.byteSize())];
    for (long at = 0; at < data.byteSize(); at += chunk.length) {
      int count = (int) Math.min(chunk.length, data.byteSize() - at);
      MemorySegment.copy(data, ValueLayout.JAVA_BYTE, at, chunk, 0, count);
      crc.update(chunk, 0, count);
    }
    return HexFormat.of().toHexDigits((int) crc.getValue());
  }

  static String checksum(String text) {
    return checksum(MemorySegment.ofArray(text.getBytes(StandardCharsets.UTF_8)));
  }
}
