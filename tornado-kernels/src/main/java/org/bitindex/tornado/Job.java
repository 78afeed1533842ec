package org.bitindex.tornado;

import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * A task graph under assembly, with the grids of its tasks and the array through which a call and
 * its kernels talk: {@code call[0]} is the number of samples, {@code call[1 + stage]} becomes 1
 * when the task of that stage ran.
 */
final class Job {
  private final String name;
  private final TaskGraph graph;
  private final Grids grids = new Grids();
  private final IntArray call;
  private int stages;

  /**
   * An empty graph.
   *
   * @param mostStages the most tasks it may get
   */
  Job(String name, int mostStages) {
    this.name = name;
    this.graph = new TaskGraph(name);
    this.call = new IntArray(1 + mostStages);
  }

  String name() {
    return name;
  }

  TaskGraph graph() {
    return graph;
  }

  Grids grids() {
    return grids;
  }

  IntArray call() {
    return call;
  }

  /** Number of tasks that were added. */
  int stages() {
    return stages;
  }

  /** The stage of the task that is added next; each task takes one. */
  int nextStage() {
    return stages++;
  }

  /** The name of the task of a stage. */
  static String task(int stage) {
    return "stage" + stage;
  }

  /** The name under which TornadoVM looks for the grid of a stage. */
  String gridKey(int stage) {
    return name + "." + task(stage);
  }
}
