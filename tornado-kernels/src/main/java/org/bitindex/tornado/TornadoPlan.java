package org.bitindex.tornado;

import java.util.List;
import org.bitindex.BackendException;
import org.bitindex.backend.Linear;
import org.bitindex.backend.Plan;
import org.jspecify.annotations.Nullable;
import uk.ac.manchester.tornado.api.TornadoExecutionPlan;
import uk.ac.manchester.tornado.api.TornadoExecutionResult;
import uk.ac.manchester.tornado.api.common.TornadoDevice;
import uk.ac.manchester.tornado.api.enums.ProfilerMode;
import uk.ac.manchester.tornado.api.enums.TornadoVMBackendType;
import uk.ac.manchester.tornado.api.exceptions.TornadoExecutionPlanException;

/**
 * Layers on a device. Making a plan uploads the weights, which stay there; a call moves samples
 * only.
 *
 * <p>There are two graphs over the same weights, for few samples and for many, each compiled before
 * its first use; any number of samples runs through them, in pieces that the device's memory holds.
 * Calls of one plan run one after the other.
 */
public final class TornadoPlan extends Plan {
  /**
   * Flags for OpenCL drivers: no warnings, and nothing that changes arithmetic. TornadoVM's own are
   * -cl-mad-enable and -cl-fast-relaxed-math.
   */
  private static final String COMPILER_FLAGS = "-w";

  private static final int FEW = 0;
  private static final int MANY = 1;

  private final String deviceName;
  private final DeviceChain chain;
  private final List<LayerGraph> graphs;
  private final TornadoExecutionPlan plan;
  private final TornadoProfile preparation;
  private boolean manyHasRun;
  private @Nullable TornadoProfile profile;

  TornadoPlan(
      List<Linear> layers,
      int activationBits,
      TornadoDevice device,
      String deviceName,
      DeviceMemory memory) {
    super(layers);
    this.deviceName = deviceName;
    this.chain = DeviceChain.of(layers, activationBits);
    int capacity = memory.capacity(chain);
    LayerGraph few = LayerGraph.owner(chain, new FewSamples(Workspace.FEW_SAMPLES));
    this.graphs = List.of(few, LayerGraph.guest(chain, new ManySamples(capacity), few));
    this.plan = new TornadoExecutionPlan(graphs.get(FEW).snapshot(), graphs.get(MANY).snapshot());
    try {
      plan.withDevice(device).withCompilerFlags(TornadoVMBackendType.OPENCL, COMPILER_FLAGS);
      this.preparation = profile(new float[inputColumns()], 1, new float[outputColumns()]);
    } catch (Throwable t) {
      release();
      throw t;
    }
  }

  /** The upload of the weights and the compilation of the graph for few samples. */
  public TornadoProfile preparation() {
    return preparation;
  }

  /**
   * As {@link #execute(float[], int, float[])}, measured; slower, because the driver is asked for
   * the time of each step.
   */
  public synchronized TornadoProfile profile(float[] input, int batch, float[] output) {
    TornadoProfile measured = TornadoProfile.NONE;
    profile = measured;
    try {
      plan.withProfiler(ProfilerMode.SILENT);
      execute(input, batch, output);
      measured = profile;
    } finally {
      profile = null;
      plan.withoutProfiler();
    }
    return measured;
  }

  /** On the device: the weights, and the work space of the graphs that ran. */
  public long deviceBytes() {
    return chain.bytes()
        + graphs.get(FEW).space().bytes()
        + (manyHasRun ? graphs.get(MANY).space().bytes() : 0);
  }

  /** {@link #deviceBytes}, and the arrays on the host through which TornadoVM names them. */
  @Override
  public long preparedBytes() {
    long host = chain.bytes();
    for (LayerGraph graph : graphs) {
      host += graph.space().bytes();
    }
    return deviceBytes() + host;
  }

  @Override
  protected synchronized void run(
      float[] input, int inputOffset, int batch, float[] output, int outputOffset) {
    int which = batch < Workspace.FEW_SAMPLES ? FEW : MANY;
    LayerGraph graph = graphs.get(which);
    Workspace space = graph.space();
    for (int first = 0; first < batch; first += space.capacity()) {
      int samples = Math.min(batch - first, space.capacity());
      space.put(input, inputOffset + first * inputColumns(), samples, inputColumns());
      graph.grids().resize(samples);
      launch(which);
      requireAllStages(graph);
      space.take(output, outputOffset + first * outputColumns(), samples, outputColumns());
    }
    manyHasRun |= which == MANY;
  }

  private void launch(int which) {
    long start = System.nanoTime();
    try {
      TornadoExecutionResult result =
          plan.withGraph(which).withGridScheduler(graphs.get(which).grids().scheduler()).execute();
      if (profile != null) {
        long nanos = System.nanoTime() - start;
        profile = profile.plus(TornadoProfile.of(result.getProfilerResult(), nanos));
      }
    } catch (RuntimeException | Error e) { // TornadoVM throws both
      throw new BackendException(
          deviceName
              + " failed with "
              + deviceBytes()
              + " bytes of weights and work space: "
              + Failures.sentence(e),
          e);
    }
  }

  private void requireAllStages(LayerGraph graph) {
    int missing = graph.space().firstMissing(graph.stages());
    if (missing >= 0) {
      throw new BackendException(
          deviceName + " did not run kernel " + missing + " of " + graph.stages());
    }
  }

  @Override
  protected void release() {
    try {
      plan.withAllGraphs().close();
    } catch (TornadoExecutionPlanException | RuntimeException | Error e) {
      // After a failed allocation TornadoVM refuses to free what it never had.
      System.getLogger(TornadoPlan.class.getName())
          .log(System.Logger.Level.DEBUG, "closing a plan failed", e);
    }
  }
}
