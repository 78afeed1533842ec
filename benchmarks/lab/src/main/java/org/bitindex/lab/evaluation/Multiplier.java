package org.bitindex.lab.evaluation;

/** A product that is timed: batch x columns in, batch x rows out. */
@FunctionalInterface
interface Multiplier {
  void multiply(float[] input, int batch, float[] output);
}
