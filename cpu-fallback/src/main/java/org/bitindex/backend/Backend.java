package org.bitindex.backend;

import java.util.List;
import java.util.Optional;
import org.bitindex.matrix.EncodedMatrix;

/** Something that multiplies encoded matrices, following {@link Arithmetic} to the bit. */
public interface Backend extends AutoCloseable {
  /** How this backend is chosen: {@code scalar}, {@code vector}, {@code tornado:0:1}. */
  String name();

  /** What it runs on, for people: "Vector API, 512 bits, 2 threads". */
  String description();

  /**
   * Prepares layers: converts or uploads weights and compiles, so that executing does not.
   *
   * @param layers at least one; each layer's columns are the rows of the one before it. The
   *     matrices must stay open as long as the plan
   * @param activationBits A of {@link Arithmetic}, 2 to 24
   * @throws IllegalArgumentException if the layers do not fit
   * @throws org.bitindex.BackendException if the device refuses
   */
  Plan plan(List<Linear> layers, int activationBits);

  /** A plan for one product at the default activation bits. */
  default Plan plan(EncodedMatrix weights) {
    return plan(List.of(Linear.of(weights)), Arithmetic.MAX_ACTIVATION_BITS);
  }

  /** What a device can do beside products of encoded matrices; empty for a CPU's backend. */
  default Optional<DeviceBackend> device() {
    return Optional.empty();
  }

  /**
   * Releases threads and devices. Afterwards neither the backend nor its plans work: planning and
   * executing throw {@link IllegalStateException}.
   */
  @Override
  void close();
}
