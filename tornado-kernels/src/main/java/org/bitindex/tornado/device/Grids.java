package org.bitindex.tornado.device;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntUnaryOperator;
import uk.ac.manchester.tornado.api.GridScheduler;
import uk.ac.manchester.tornado.api.WorkerGrid2D;

/**
 * The grids of a graph's tasks, which follow the number of samples of a call. All are whole numbers
 * of work-groups: a driver refuses others, and TornadoVM then only prints a line.
 */
public final class Grids {
  /** Elements of the largest array on a device: indices are ints, and the header takes some. */
  public static final int MAX_ELEMENTS = Integer.MAX_VALUE - 32;

  /** CUDA takes so many work-groups in y, and 2^31 - 1 in x. */
  public static final int MOST_GROUPS_IN_Y = 65_535;

  private record Sized(WorkerGrid2D grid, IntUnaryOperator x, IntUnaryOperator y) {}

  private final GridScheduler scheduler = new GridScheduler();
  private final List<Sized> grids = new ArrayList<>();

  /** The next multiple of {@code step}; 0 becomes {@code step}, for a grid can't be empty. */
  public static int roundUp(int count, int step) {
    return Math.max(1, Math.ceilDiv(count, step)) * step;
  }

  GridScheduler scheduler() {
    return scheduler;
  }

  /**
   * The grid of a task.
   *
   * @param task its grid key
   * @param width work-items of a work-group in x
   * @param height work-items of a work-group in y
   * @param x work-items for a number of samples, rounded up to whole work-groups
   * @param y as {@code x}
   */
  public void add(String task, int width, int height, IntUnaryOperator x, IntUnaryOperator y) {
    IntUnaryOperator wholeX = n -> roundUp(x.applyAsInt(n), width);
    IntUnaryOperator wholeY = n -> roundUp(y.applyAsInt(n), height);
    var grid = new WorkerGrid2D(wholeX.applyAsInt(1), wholeY.applyAsInt(1));
    grid.setLocalWork(width, height, 1);
    grids.add(new Sized(grid, wholeX, wholeY));
    scheduler.addWorkerGrid(task, grid);
  }

  /** Fits all grids to {@code samples} samples, at least 1. */
  void resize(int samples) {
    for (Sized sized : grids) {
      sized.grid.setGlobalWork(sized.x.applyAsInt(samples), sized.y.applyAsInt(samples), 1);
    }
  }
}
