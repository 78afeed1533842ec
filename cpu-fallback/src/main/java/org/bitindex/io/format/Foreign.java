package org.bitindex.io.format;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.bitindex.EncodedFormatException;

/** Files of no format that is read here, which people give all the same: what they are. */
final class Foreign {
  /** How a kind of file begins, in bytes of ISO 8859-1 and lower case, and what to do about it. */
  private enum Kind {
    LFS(
        "version https://git-lfs",
        "is a git-lfs pointer, not the file itself; fetch that with 'git lfs pull'"),
    HTML("<!doctype html", "is an HTML page, not a model; the download went wrong"),
    HTML_TOO("<html", "is an HTML page, not a model; the download went wrong"),
    XML("<?xml", "is an XML page, not a model; the download went wrong"),
    ZIP(
        "pk\3\4",
        "is a zip archive, as of numpy.savez or torch.save; save single arrays as .npy"
            + " or tensors as .safetensors"),
    GZIP("\u001f\u008b", "is compressed with gzip; unpack it first"),
    PICKLE("\u0080\2", "is a Python pickle; save its tensors as .safetensors"),
    HDF5("\u0089hdf\r\n", "is an HDF5 file; save its tensors as .safetensors"),
    GGUF("gguf", "is a GGUF file; give it a name that ends in .gguf"),
    BOM("\u00ef\u00bb\u00bf", "begins with a byte order mark (BOM); save it without");

    private final String start;
    private final String message;

    Kind(String start, String message) {
      this.start = start;
      this.message = message;
    }
  }

  private static final int LONGEST = 32;

  private Foreign() {}

  /** Refuses a file that begins as one of another format. */
  static void refuse(MappedFile file) throws EncodedFormatException {
    MemorySegment head = file.data().asSlice(0, Math.min(LONGEST, file.size()));
    String start =
        new String(head.toArray(ValueLayout.JAVA_BYTE), StandardCharsets.ISO_8859_1)
            .toLowerCase(Locale.ROOT);
    for (Kind kind : Kind.values()) {
      String path = file.path().toString();
      boolean named =
          (kind == Kind.GGUF && path.endsWith(".gguf"))
              || (kind == Kind.ZIP && path.endsWith(".npz"));
      if (start.startsWith(kind.start) && !named) {
        throw file.bad(kind.message);
      }
    }
  }
}
