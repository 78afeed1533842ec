package org.bitindex;

import java.io.IOException;

/**
 * Stored bytes that do not follow the format; the message names the array, the offset and the bad
 * value.
 */
public final class EncodedFormatException extends IOException {
  private static final long serialVersionUID = 1L;

  /** An error about stored bytes, which the message describes. */
  public EncodedFormatException(String message) {
    super(message);
  }

  /** The same, with what caused it. */
  public EncodedFormatException(String message, Throwable cause) {
    super(message, cause);
  }
}
