package org.bitindex.io;

/** What to do when the file to write is there already. */
public enum IfExists {
  /** Leave it and fail. */
  REFUSE,
  /** Replace it once the new one is complete. */
  REPLACE
}
