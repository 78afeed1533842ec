package org.bitindex.tornado;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.bitindex.backend.Linear;
import org.bitindex.backend.Plan;
import org.bitindex.backend.ProfiledPlan;
import org.bitindex.tornado.device.CallArrays;
import org.bitindex.tornado.device.CallSize;
import org.bitindex.tornado.device.Job;
import org.bitindex.tornado.device.Launcher;
import org.bitindex.tornado.device.TornadoProfile;
import org.bitindex.tornado.device.TornadoTarget;

/**
 * Layers on a device. Making a plan uploads the weights, which stay there; a call moves samples
 * only.
 *
 * <p>There is a graph for each {@link CallSize} that the device's memory holds, over the same
 * weights. The first is compiled with the plan, the others before their first use; more samples
 * than the largest holds run through it in pieces. Calls of one plan run one after the other.
 */
public final class TornadoPlan extends Plan implements ProfiledPlan {
  private final TornadoBackend backend;
  private final DeviceChain chain;
  private final List<CallArrays> spaces;
  private final List<Job> jobs = new ArrayList<>();
  private final Launcher launcher;
  private final TornadoProfile preparation;
  private final Set<CallArrays> used = new HashSet<>();

  TornadoPlan(List<Linear> layers, int activationBits, TornadoBackend backend) {
    this(layers, DeviceChain.of(layers, activationBits, backend.hasTensorCores()), backend);
  }

  /** A plan of layers whose form was chosen before. */
  TornadoPlan(List<Linear> layers, DeviceChain chain, TornadoBackend backend) {
    super(layers);
    TornadoTarget target = backend.target();
    this.backend = backend;
    this.chain = chain;
    this.spaces =
        ChainArrays.sizes(chain, target.memory()).stream()
            .map(size -> ChainArrays.of(chain, size))
            .toList();
    for (CallArrays space : spaces) {
      jobs.add(
          jobs.isEmpty()
              ? LayerGraph.owner(target, chain, space)
              : LayerGraph.guest(target, chain, space, jobs.getFirst()));
    }
    this.launcher = new Launcher(target, jobs, bytesOfAllGraphs());
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
    return profile(input, batch, output).times();
  }

  /** On the device: the weights, and the work space of the graphs that ran. */
  public synchronized long deviceBytes() {
    return chain.bytes() + used.stream().mapToLong(CallArrays::bytes).sum();
  }

  private long bytesOfAllGraphs() {
    return chain.bytes() + spaces.stream().mapToLong(CallArrays::bytes).sum();
  }

  /** Kernels that a call of {@code samples} samples launches, if one graph holds them. */
  int launches(int samples) {
    return jobs.get(sizeOf(samples)).stages();
  }

  /** {@link #deviceBytes}, and the arrays on the host through which TornadoVM names them. */
  @Override
  public long preparedBytes() {
    return deviceBytes() + bytesOfAllGraphs();
  }

  @Override
  protected synchronized void run(
      float[] input, int inputOffset, int batch, float[] output, int outputOffset) {
    backend.requireOpen();
    int threads = backend.target().threads();
    for (int first = 0; first < batch; ) {
      int size = sizeOf(batch - first);
      CallArrays space = spaces.get(size);
      used.add(space);
      int samples = Math.min(batch - first, space.callSize().capacity());
      space.put(input, inputOffset + first * inputColumns(), samples, inputColumns(), threads);
      launcher.launch(size, samples, space.output(), samples * outputColumns());
      space.take(output, outputOffset + first * outputColumns(), samples, outputColumns(), threads);
      first += samples;
    }
  }

  /** The smallest that holds {@code samples} samples, or the largest. */
  private int sizeOf(int samples) {
    int size = 0;
    while (size < spaces.size() - 1 && spaces.get(size).callSize().capacity() < samples) {
      size++;
    }
    return size;
  }

  @Override
  protected synchronized void release() {
    launcher.close();
  }
}
