package org.bitindex.tornado;

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
  static final int MAX_ELEMENTS = Integer.MAX_VALUE - 32;

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

  /** A work-group for each sample. */
  public void addSamples(String task) {
    add(task, Group.THREADS, 1, n -> n * Group.THREADS, _ -> 1);
  }

  /** Lanes are rows, then samples. */
  public void addOutputs(String task, int rows) {
    add(task, n -> roundUp(rows, Group.LANES), n -> roundUp(n, Group.PARTS));
  }

  /** Lanes are samples, then groups of rows of one work-item. */
  public void addSamplesByRows(String task, int rows, int rowsPerItem) {
    int groups = Math.ceilDiv(roundUp(rows, 1), Group.PARTS * rowsPerItem);
    add(task, n -> roundUp(n, Group.LANES), _ -> groups * Group.PARTS);
  }

  /** Lanes are rows, the work-groups below each other are samples. */
  void addRowsBySamples(String task, int rows) {
    add(task, _ -> roundUp(rows, Group.LANES), n -> n * Group.PARTS);
  }

  /** The work-groups beside each other are samples, the rows of a group lie below each other. */
  public void addSampleGroupsByRows(String task, int rows) {
    add(task, n -> n * Group.LANES, _ -> roundUp(rows, Group.PARTS));
  }

  /** A work-group for each tile of a matrix. */
  public void addTiles(String task, int height, int width) {
    int tiles = roundUp(height, Group.LANES) / Group.LANES;
    add(task, _ -> roundUp(width, Group.LANES), _ -> tiles * Group.PARTS);
  }

  private void add(String task, IntUnaryOperator x, IntUnaryOperator y) {
    add(task, Group.LANES, Group.PARTS, x, y);
  }

  private void add(String task, int lanes, int parts, IntUnaryOperator x, IntUnaryOperator y) {
    var grid = new WorkerGrid2D(x.applyAsInt(1), y.applyAsInt(1));
    grid.setLocalWork(lanes, parts, 1);
    grids.add(new Sized(grid, x, y));
    scheduler.addWorkerGrid(task, grid);
  }

  /** Fits all grids to {@code samples} samples, at least 1. */
  void resize(int samples) {
    for (Sized sized : grids) {
      sized.grid.setGlobalWork(sized.x.applyAsInt(samples), sized.y.applyAsInt(samples), 1);
    }
  }
}
