package org.bitindex.cli.advise;

import org.jspecify.annotations.Nullable;

/**
 * One matrix in one format: a row of the advice.
 *
 * @param format name, kind and options
 * @param layout of its bits, a dash where there are none
 * @param weights number of weights
 * @param bytes bytes stored
 * @param relativeError ||W - V|| / ||W|| of the decoded weights V
 * @param sqnrDecibel signal to quantisation noise, infinite where V = W
 * @param predictedSeconds of a product, from the calibration
 * @param measuredSeconds of a product, null where it was not measured
 * @param memoryBytes of all that is held for products
 */
public record Candidate(
    Format format,
    String layout,
    long weights,
    long bytes,
    double relativeError,
    double sqnrDecibel,
    double predictedSeconds,
    @Nullable Double measuredSeconds,
    long memoryBytes) {
  /** Stored bits for each weight. */
  public double bitsPerWeight() {
    return bytes * 8.0 / weights;
  }

  /** FP32 bytes to bytes. */
  public double ratio() {
    return weights * (double) Float.BYTES / bytes;
  }

  /** Options of {@code bie encode} that make it, empty where there are none. */
  public String encodeOptions() {
    boolean other = format.kind() == Format.Kind.ENCODED && !layout.equals("adaptive");
    return format.options() + (other ? " --layout " + layout : "");
  }

  /** The measured time where there is one, else the predicted. */
  public double seconds() {
    return measuredSeconds == null ? predictedSeconds : measuredSeconds;
  }

  /** With a measured time. */
  Candidate measured(double seconds) {
    return new Candidate(
        format,
        layout,
        weights,
        bytes,
        relativeError,
        sqnrDecibel,
        predictedSeconds,
        seconds,
        memoryBytes);
  }
}
