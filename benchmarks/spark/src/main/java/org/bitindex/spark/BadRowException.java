package org.bitindex.spark;

/** A row that the network cannot take, in a job whose policy is to fail. */
final class BadRowException extends RuntimeException {
  private static final long serialVersionUID = 1;

  BadRowException(String message) {
    super(message);
  }
}
