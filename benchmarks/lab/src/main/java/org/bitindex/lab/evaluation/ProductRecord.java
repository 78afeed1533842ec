package org.bitindex.lab.evaluation;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;

/**
 * One product, timed in one run.
 *
 * @param source name of the matrices
 * @param sparsity share of zeros asked for
 * @param run 0, 1, ...
 * @param method label of the code, or name of the baseline
 * @param kernel {@value #BACKEND}, {@value StorageRecord#BASELINE}, or {@value #STORED_FLAT} and
 *     {@value #STORED_BLOCKED} for the paper's loop over the stored indices
 * @param activationBits limit of the integer activations' bits, 0 for float activations
 * @param batch samples of a product
 * @param millis median time of a product
 * @param outputError ||Y - WX|| / ||WX|| against the original weights in double precision
 * @param preparedBytes bytes held for products: the method's own form, and work space for the
 *     largest batch
 * @param heapBytes heap bytes allocated by one product
 */
@JsonPropertyOrder({
  "source",
  "rows",
  "columns",
  "sparsity",
  "run",
  "method",
  "kernel",
  "activationBits",
  "batch"
})
public record ProductRecord(
    String source,
    int rows,
    int columns,
    double sparsity,
    int run,
    String method,
    String kernel,
    int activationBits,
    int batch,
    double millis,
    double outputError,
    long preparedBytes,
    long heapBytes)
    implements MeasuredRecord {
  public static final String BACKEND = "backend";
  public static final String STORED_FLAT = "stored flat";
  public static final String STORED_BLOCKED = "stored blocked";
}
