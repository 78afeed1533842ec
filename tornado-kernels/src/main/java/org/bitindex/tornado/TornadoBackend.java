package org.bitindex.tornado;

import java.util.List;
import java.util.function.Supplier;
import org.bitindex.BackendException;
import org.bitindex.backend.Backend;
import org.bitindex.backend.Linear;
import org.bitindex.backend.Plan;
import org.bitindex.code.Code;
import org.bitindex.matrix.Weights;
import org.bitindex.tornado.baseline.TornadoBaseline;

/** Products on one device of TornadoVM's, and what else it can do with weights. */
public final class TornadoBackend implements Backend {
  private final TornadoTarget target;

  TornadoBackend(TornadoTarget target) {
    this.target = target;
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
    return compiled(() -> new TornadoPlan(chain, activationBits, target));
  }

  /**
   * The device half of an encoder; the caller closes it.
   *
   * @param columns columns of the matrices to encode, at least 1
   */
  public TornadoEncoder encoder(Code code, int columns) {
    return compiled(() -> new TornadoEncoder(target, code, columns));
  }

  /**
   * The same product in a common storage format, to compare with; the caller closes it.
   *
   * @param batch samples of each call, at least 1
   */
  public TornadoBaseline baseline(TornadoBaseline.Format format, Weights weights, int batch) {
    return compiled(() -> new TornadoBaseline(target, format, weights, batch));
  }

  /** TornadoVM reads kernels while graphs are assembled, and throws what it likes. */
  private <T> T compiled(Supplier<T> graphs) {
    try {
      return graphs.get();
    } catch (BackendException | IllegalArgumentException e) {
      throw e;
    } catch (RuntimeException | Error e) {
      throw new BackendException(name() + " rejected a kernel: " + Failures.sentence(e), e);
    }
  }

  /** Nothing is held beside the plans. */
  @Override
  public void close() {}
}
