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

  private static final String GROUP = ".bie";

  /** Prefix of the tensors of a matrix. */
  static String group(String matrix) {
    return matrix + GROUP;
  }

  /** The length of the prefix of a tensor's name that a matrix gave it, or -1. */
  static int groupLength(String tensor) {
    int at = tensor.lastIndexOf(GROUP + ".");
    return at < 0 ? -1 : at + GROUP.length();
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
