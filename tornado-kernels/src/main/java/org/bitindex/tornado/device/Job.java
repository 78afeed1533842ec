package org.bitindex.tornado.device;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * A task graph under assembly, with the grids of its tasks and the array through which a call and
 * its kernels talk: {@code call[0]} is the number of samples, {@code call[1 + stage]} becomes 1
 * when the task of that stage ran.
 */
public final class Job {
  /** A kernel context's, or a little more. */
  private static final long CONTEXT_BYTES = 1 << 10;

  private final String name;
  private final TaskGraph graph;
  private final Grids grids = new Grids();
  private final IntArray call;
  private final KernelContext context = new KernelContext();
  private int stages;

  /**
   * An empty graph.
   *
   * @param target where it will run
   * @param mostStages the most tasks it may get
   */
  public Job(TornadoTarget target, String name, int mostStages) {
    this.name = name;
    this.graph = graph(target, name);
    this.call = new IntArray(1 + mostStages);
    keepOnDevice(context);
  }

  /**
   * TornadoVM reads a kernel's bytecode when it is added to a graph, for the back end that this
   * property names or for the first: an SDK with several would read tensor cores for OpenCL.
   */
  private static synchronized TaskGraph graph(TornadoTarget target, String name) {
    String device = name + ".device";
    System.setProperty(device, target.id());
    try {
      return new TaskGraph(name);
    } finally {
      System.clearProperty(device);
    }
  }

  /**
   * Names what kernels use but no transfer does. TornadoVM keeps all arrays on the device between
   * calls, and when a plan closes it frees only those that it was told to transfer or to persist.
   */
  public void keepOnDevice(Object... objects) {
    graph.persistOnDevice(objects);
  }

  public String name() {
    return name;
  }

  public TaskGraph graph() {
    return graph;
  }

  public Grids grids() {
    return grids;
  }

  public IntArray call() {
    return call;
  }

  /** The work-item that a kernel sees. */
  public KernelContext context() {
    return context;
  }

  /** Bytes on the device, beside the arrays of its tasks. */
  long bytes() {
    return call.getNumBytesOfSegmentWithHeader() + CONTEXT_BYTES;
  }

  /** Number of tasks that were added. */
  public int stages() {
    return stages;
  }

  /** The stage of the task that is added next; each task takes one. */
  public int nextStage() {
    return stages++;
  }

  /** The name of the task of a stage. */
  public static String task(int stage) {
    return "stage" + stage;
  }

  /** The name under which TornadoVM looks for the grid of a stage. */
  public String gridKey(int stage) {
    return name + "." + task(stage);
  }
}
