package org.bitindex.tornado;

import java.util.List;
import org.bitindex.backend.Linear;
import org.bitindex.backend.Plan;
import org.bitindex.backend.ProfiledPlan;

/**
 * Layers on a device. Making a plan uploads the weights, which stay there; a call moves samples
 * only.
 *
 * <p>There are two graphs over the same weights, for few samples and for many. The first is
 * compiled with the plan, the second before its first use; any number of samples runs through them,
 * in pieces that the device's memory holds. Calls of one plan run one after the other.
 */
public final class TornadoPlan extends Plan implements ProfiledPlan {
  private static final int FEW = 0;
  private static final int MANY = 1;

  private final DeviceChain chain;
  private final List<Workspace> spaces;
  private final Launcher launcher;
  private final TornadoProfile preparation;
  private boolean manyHasRun;

  TornadoPlan(List<Linear> layers, int activationBits, TornadoTarget target) {
    super(layers);
    this.chain = DeviceChain.of(layers, activationBits);
    var few = new FewSamples(Workspace.FEW_SAMPLES);
    var many = new ManySamples(target.memory().capacity(chain));
    this.spaces = List.of(Workspace.of(chain, few), Workspace.of(chain, many));
    Job owner = LayerGraph.owner(chain, few, spaces.get(FEW));
    Job guest = LayerGraph.guest(chain, many, spaces.get(MANY), owner);
    this.launcher = new Launcher(target, List.of(owner, guest), bytesOfBothGraphs());
    try {
      // The owner of the weights must run first.
      this.preparation = profile(new float[inputColumns()], 1, new float[outputColumns()]);
    } catch (Throwable t) {
      launcher.close();
      throw t;
    }
  }

  /** The upload of the weights and the compilation of the graph for few samples. */
  public TornadoProfile preparation() {
    return preparation;
  }

  /** As {@link #execute(float[], int, float[])}, but slower: with the driver's clocks on. */
  public synchronized TornadoProfile profile(float[] input, int batch, float[] output) {
    return launcher.profile(() -> execute(input, batch, output));
  }

  @Override
  public Times times(float[] input, int batch, float[] output) {
    TornadoProfile profile = profile(input, batch, output);
    return new Times(profile.kernelNanos(), profile.copyInNanos(), profile.copyOutNanos());
  }

  /** On the device: the weights, and the work space of the graphs that ran. */
  public synchronized long deviceBytes() {
    return chain.bytes() + spaces.get(FEW).bytes() + (manyHasRun ? spaces.get(MANY).bytes() : 0);
  }

  private long bytesOfBothGraphs() {
    return chain.bytes() + spaces.get(FEW).bytes() + spaces.get(MANY).bytes();
  }

  /** {@link #deviceBytes}, and the arrays on the host through which TornadoVM names them. */
  @Override
  public long preparedBytes() {
    return deviceBytes() + bytesOfBothGraphs();
  }

  @Override
  protected synchronized void run(
      float[] input, int inputOffset, int batch, float[] output, int outputOffset) {
    int form = batch < Workspace.FEW_SAMPLES ? FEW : MANY;
    manyHasRun |= form == MANY;
    Workspace space = spaces.get(form);
    for (int first = 0; first < batch; first += space.capacity()) {
      int samples = Math.min(batch - first, space.capacity());
      space.put(input, inputOffset + first * inputColumns(), samples * inputColumns());
      launcher.launch(form, samples);
      space.take(output, outputOffset + first * outputColumns(), samples * outputColumns());
    }
  }

  @Override
  protected synchronized void release() {
    launcher.close();
  }
}
