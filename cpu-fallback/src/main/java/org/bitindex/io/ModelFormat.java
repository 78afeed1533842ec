package org.bitindex.io;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.HexFormat;
import java.util.Set;
import java.util.zip.CRC32C;

/** Names and checksums of the encoded format; {@code docs/format.md} specifies it. */
final class ModelFormat {
  static final String FORMAT = "bie.format";
  static final String VERSION = "bie.format_version";
  static final String DESCRIPTION = "bie.description";
  static final String DESCRIPTION_CHECKSUM = "bie.description_crc32c";
  static final Set<String> RESERVED_KEYS =
      Set.of(FORMAT, VERSION, DESCRIPTION, DESCRIPTION_CHECKSUM);

  static final String FORMAT_NAME = "bit-index-encoding";
  static final String CURRENT_VERSION = "1";

  static final String SCALES = "scales";
  static final String OFFSETS = "offsets";

  private static final int CHUNK_BYTES = 1 << 16;

  private ModelFormat() {}

  /** Prefix of the tensors of a matrix; a number is added where names of other tensors begin so. */
  static String group(String matrix, Collection<String> others) {
    String group = matrix + ".bie";
    for (int n = 2; beginsAny(group + ".", others); n++) {
      group = matrix + ".bie" + n;
    }
    return group;
  }

  private static boolean beginsAny(String prefix, Collection<String> names) {
    return names.stream().anyMatch(name -> name.startsWith(prefix));
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
