package org.bitindex.tornado;

import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.bitindex.BackendException;
import org.bitindex.backend.DeviceBackend;
import org.bitindex.backend.Linear;
import org.bitindex.backend.Plan;
import org.bitindex.code.Code;
import org.bitindex.matrix.PlaneQuantizer;
import org.bitindex.matrix.Weights;
import org.bitindex.tornado.baseline.TornadoBaseline;
import org.bitindex.tornado.device.TornadoFailures;
import org.bitindex.tornado.device.TornadoTarget;
import org.jspecify.annotations.Nullable;

/** Products on one device of TornadoVM's, and what else it can do with weights. */
public final class TornadoBackend implements DeviceBackend {
  private final TornadoTarget target;
  private final TornadoQuantizer quantizer;
  private @Nullable Boolean tensorCores;
  private volatile boolean closed;

  TornadoBackend(TornadoTarget target) {
    this.target = target;
    this.quantizer = new TornadoQuantizer(this);
  }

  /** Whether plans use {@link org.bitindex.tornado.kernel.TensorCoreKernels}. */
  synchronized boolean hasTensorCores() {
    if (tensorCores == null) {
      tensorCores = TensorCores.work(target);
    }
    return tensorCores;
  }

  TornadoTarget target() {
    return target;
  }

  @Override
  public String name() {
    return target.name();
  }

  @Override
  public String description() {
    return target.description();
  }

  /**
   * {@inheritDoc}
   *
   * @throws BackendException if a kernel does not compile, or the layers do not fit the device's
   *     memory
   */
  @Override
  public TornadoPlan plan(List<Linear> layers, int activationBits) {
    List<Linear> chain = Plan.requireChain(layers);
    return compiled(() -> new TornadoPlan(chain, activationBits, this));
  }

  /**
   * The device half of an encoder for matrices of one width; the caller closes it.
   *
   * @param columns columns of the matrices to encode, at least 1
   */
  TornadoEncoder encoder(Code code, int columns) {
    return compiled(() -> new TornadoEncoder(target, code, columns));
  }

  @Override
  public Optional<DeviceBackend> device() {
    return Optional.of(this);
  }

  @Override
  public PlaneQuantizer planeQuantizer() {
    requireOpen();
    return quantizer;
  }

  @Override
  public TornadoBaseline baseline(BaselineFormat format, Weights weights, int batch) {
    return compiled(() -> new TornadoBaseline(target, format, weights, batch));
  }

  /** TornadoVM reads kernels while graphs are assembled, and throws what it likes. */
  private <T> T compiled(Supplier<T> graphs) {
    requireOpen();
    try {
      return graphs.get();
    } catch (BackendException | IllegalArgumentException e) {
      throw e;
    } catch (RuntimeException | Error e) {
      throw new BackendException(name() + " rejected a kernel: " + TornadoFailures.sentence(e), e);
    }
  }

  void requireOpen() {
    if (closed) {
      throw new IllegalStateException("the backend is closed");
    }
  }

  /** Device memory is given back by the plans. */
  @Override
  public void close() {
    closed = true;
    quantizer.close();
  }
}
