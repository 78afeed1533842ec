package org.bitindex.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class FileErrorsTest {
  private static final Path PATH = Path.of("w.npy");

  private static void requireReason(IOException error, String reason) {
    assertThat(FileErrors.explain("read", PATH, error))
        .hasMessage("cannot read w.npy: " + reason)
        .hasCause(error);
  }

  @Test
  void everyRefusalIsASentence() {
    requireReason(new NoSuchFileException("w.npy"), "no such file or directory");
    requireReason(new AccessDeniedException("w.npy"), "permission denied");
    requireReason(new FileSystemException("w.npy", null, "No space left"), "No space left");
    requireReason(new FileSystemException("w.npy"), "w.npy");
    requireReason(new ClosedByInterruptException(), "interrupted");
    requireReason(new IOException("broken"), "broken");
    requireReason(new IOException(), "IOException");
    var gone = new InternalError("a page");
    assertThat(FileErrors.sourceCutShort(PATH, gone))
        .hasMessage("cannot write w.npy: a file that it is made from was cut short meanwhile")
        .hasCause(gone);
  }
}
