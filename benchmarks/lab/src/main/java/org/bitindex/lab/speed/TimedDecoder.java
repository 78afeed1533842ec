package org.bitindex.lab.speed;

/** A decoder whose tokens are timed. */
interface TimedDecoder extends AutoCloseable {
  /** What it is, for people. */
  String name();

  /** Bytes of its file, or of its matrices as a file holds them. */
  long storedBytes();

  /** Bytes of memory that it takes to decode. */
  long memoryBytes();

  /** Sends tokens through it, from the start of a text; the last one gives logits. */
  void read(int[] tokens);

  @Override
  void close();
}
