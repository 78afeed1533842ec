package org.bitindex;

/**
 * A backend or its device that cannot do what was asked; the message is the reason in one sentence.
 */
public final class BackendException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** A failure, with its reason. */
  public BackendException(String message) {
    super(message);
  }

  /** The same, with what caused it. */
  public BackendException(String message, Throwable cause) {
    super(message, cause);
  }
}
