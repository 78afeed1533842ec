package org.bitindex.tornado;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.TaskGraph;

/**
 * Calls of many samples: a column after the other, lanes are samples.
 *
 * @param capacity a multiple of 32
 */
record ManySamples(int capacity) implements Form {
  @Override
  public String name() {
    return "many";
  }

  @Override
  public int integerStride(DeviceLayer layer) {
    return 1;
  }

  @Override
  public int columnStride() {
    return capacity;
  }

  @Override
  public int sumStride(DeviceLayer layer) {
    return 1;
  }

  @Override
  public int rowStride() {
    return capacity;
  }

  @Override
  public void addProduct(
      TaskGraph graph, Grids grids, String task, int stage, DeviceLayer layer, Workspace space) {
    switch (layer.weights()) {
      case DeviceWeights.Dense dense -> {
        grids.addSamplesByRows(name() + "." + task, layer.rows(), ProductKernels.ROWS_PER_ITEM);
        graph.task(
            task,
            ProductKernels::denseMany,
            new KernelContext(),
            space.call(),
            layer.shape(),
            dense.words(),
            space.x(),
            space.q(),
            stage,
            capacity);
      }
      case DeviceWeights.Sparse sparse -> {
        grids.addSamplesByRows(name() + "." + task, layer.rows(), 1);
        graph.task(
            task,
            ProductKernels::sparseMany,
            new KernelContext(),
            space.call(),
            layer.shape(),
            sparse.starts(),
            sparse.places(),
            sparse.words(),
            space.x(),
            space.q(),
            stage,
            capacity);
      }
    }
  }
}
