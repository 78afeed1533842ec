package org.bitindex.lab.evaluation;

/** A row of raw results: of which matrix, by which method. */
public sealed interface MeasuredRecord permits StorageRecord, ProductRecord, PrecisionRecord {
  String source();

  int rows();

  int columns();

  double sparsity();

  int run();

  String method();

  /** The configuration, which runs share. */
  default TestMatrix.Key key() {
    return new TestMatrix.Key(source(), rows(), columns(), sparsity());
  }
}
