package org.bitindex.lab.evaluation;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;

/**
 * One encoded matrix of which some bits were used, in one run.
 *
 * @param source name of the matrices
 * @param sparsity share of zeros asked for
 * @param run 0, 1, ...
 * @param method label of the code that is stored
 * @param bits most significant bits used of each weight
 * @param relativeError ||W - V|| / ||W|| of the weights decoded from those bits
 * @param ownError the same of a code that has no more bits
 * @param viewMillis time to leave out the other bits, once
 * @param batch samples of a product
 * @param millis median time of a product
 */
@JsonPropertyOrder({"source", "rows", "columns", "sparsity", "run", "method", "bits", "batch"})
public record PrecisionRecord(
    String source,
    int rows,
    int columns,
    double sparsity,
    int run,
    String method,
    int bits,
    double relativeError,
    double ownError,
    double viewMillis,
    int batch,
    double millis)
    implements MeasuredRecord {}
