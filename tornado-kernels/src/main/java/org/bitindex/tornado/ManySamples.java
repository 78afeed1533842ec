package org.bitindex.tornado;

import org.bitindex.tornado.kernel.ProductKernels;

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
  public void addProduct(Job job, DeviceLayer layer, Workspace space) {
    int stage = job.nextStage();
    String key = job.gridKey(stage);
    switch (layer.weights()) {
      case DeviceWeights.Dense dense -> {
        job.grids().addSamplesByRows(key, layer.rows(), ProductKernels.ROWS_PER_ITEM);
        job.graph()
            .task(
                Job.task(stage),
                ProductKernels::denseMany,
                job.context(),
                job.call(),
                layer.shape(),
                dense.words(),
                space.x(),
                space.q(),
                stage,
                capacity);
      }
      case DeviceWeights.Sparse sparse -> {
        job.grids().addSamplesByRows(key, layer.rows(), 1);
        job.graph()
            .task(
                Job.task(stage),
                ProductKernels::sparseMany,
                job.context(),
                job.call(),
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
