package org.bitindex;

/**
 * A backend or its device that cannot do what was asked; the message is the reason in one sentence.
 */
public final class BackendException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public BackendException(String message) {
    super(message);
  }

  public BackendException(String message, Throwable cause) {
    super(message, cause);
  }
}
