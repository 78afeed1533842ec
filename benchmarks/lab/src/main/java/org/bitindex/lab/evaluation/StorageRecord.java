package org.bitindex.lab.evaluation;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;

/**
 * One matrix stored by one method in one run.
 *
 * @param source name of the matrices
 * @param sparsity share of zeros asked for
 * @param run 0, 1, ...
 * @param method label of the code, or name of the baseline
 * @param layout name of the layout, {@value #BASELINE} for a baseline
 * @param nonzeros weights that are not zero
 * @param setBits ones in all planes, 0 for a baseline
 * @param bytes bytes stored
 * @param entropyBytes entropy of the integers, with scales and offsets, NaN for a baseline
 * @param encodeMillis median time to encode
 * @param encodeHeapBytes heap bytes allocated by one encoding, an upper limit of its peak
 * @param mse mean squared error of the decoded weights
 * @param relativeError ||W - V|| / ||W||
 * @param sqnrDecibel signal to quantisation noise
 * @param decodedChecksum CRC-32C of the decoded floats: equal for equal bits
 */
@JsonPropertyOrder({"source", "rows", "columns", "sparsity", "run", "method", "layout"})
public record StorageRecord(
    String source,
    int rows,
    int columns,
    double sparsity,
    int run,
    String method,
    String layout,
    long nonzeros,
    long setBits,
    long bytes,
    double entropyBytes,
    double encodeMillis,
    long encodeHeapBytes,
    double mse,
    double relativeError,
    double sqnrDecibel,
    long decodedChecksum)
    implements MeasuredRecord {
  /** Stands for a layout where there is none. */
  public static final String BASELINE = "baseline";

  /** Bits of a dense FP32 weight. */
  private static final double FLOAT_BITS = 32;

  /** What the paper stores beside the indices: rows, columns and tau, 32 bits each. */
  private static final double FORMULA_OVERHEAD_BITS = 3 * 32;

  /** The paper's formula: 32 m n / (64 |I| + overhead). */
  public double formulaRatio() {
    return key().size() * FLOAT_BITS / (setBits * 64.0 + FORMULA_OVERHEAD_BITS);
  }

  /** The accounting that fits the paper's table: 32 m n / (32 |I|). */
  public double tableRatio() {
    return key().size() / (double) setBits;
  }

  /** Dense FP32 bytes over the bytes that are stored. */
  public double storedRatio() {
    return key().size() * (double) Float.BYTES / bytes;
  }

  /** Dense FP32 bytes over the entropy of the integers: the most that a layout can reach. */
  public double boundRatio() {
    return key().size() * (double) Float.BYTES / entropyBytes;
  }

  /** Bits stored for each weight. */
  public double bitsPerWeight() {
    return bytes * 8.0 / key().size();
  }
}
