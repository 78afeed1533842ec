package org.bitindex.backend;

import org.bitindex.matrix.PlaneQuantizer;
import org.bitindex.matrix.Weights;

/** A backend whose device does more than multiply encoded matrices. */
public interface DeviceBackend extends Backend {
  /** How a product to compare with stores its weights. */
  enum BaselineFormat {
    /** Row-major single precision. */
    DENSE_FP32,
    /** Compressed sparse rows: 32-bit offsets and indices, single-precision values. */
    CSR,
    /** Eight bits a weight with a scale for each row, eight bits an activation. */
    INT8
  }

  /** A product in one format, made for one number of samples. */
  interface BaselineProduct extends AutoCloseable {
    /**
     * Multiplies: output[n, i] = sum over j of W[i, j] * input[n, j], up to rounding.
     *
     * @param input batch x columns floats, row-major
     * @param output batch x rows floats, row-major
     * @throws IllegalArgumentException if an array has another length
     * @throws org.bitindex.BackendException if the device fails
     */
    void multiply(float[] input, float[] output);

    /** As {@link #multiply}, with the driver's clocks on. */
    ProfiledPlan.Times times(float[] input, float[] output);

    /** Bytes on the device: weights and work space. */
    long deviceBytes();

    @Override
    void close();
  }

  /**
   * The same product in a common format, to compare with; the caller closes it.
   *
   * @param batch samples of each call, at least 1
   * @throws org.bitindex.BackendException if the device refuses
   */
  BaselineProduct baseline(BaselineFormat format, Weights weights, int batch);

  /** The device half of an encoder, which works as long as the backend is open. */
  PlaneQuantizer planeQuantizer();
}
