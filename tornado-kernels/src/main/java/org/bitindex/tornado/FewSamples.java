package org.bitindex.tornado;

import org.bitindex.tornado.kernel.ProductKernels;

/** Calls of few samples: a sample after the other, lanes are rows or words. */
record FewSamples(int capacity) implements Form {
  @Override
  public String name() {
    return "few";
  }

  @Override
  public int integerStride(DeviceLayer layer) {
    return layer.paddedColumns();
  }

  @Override
  public int columnStride() {
    return 1;
  }

  @Override
  public int sumStride(DeviceLayer layer) {
    return layer.rows();
  }

  @Override
  public int rowStride() {
    return 1;
  }

  @Override
  public void addProduct(Job job, DeviceLayer layer, Workspace space) {
    int stage = job.nextStage();
    String key = job.gridKey(stage);
    switch (layer.weights()) {
      case DeviceWeights.Dense dense -> {
        job.grids().addRowsBySamples(key, layer.rows());
        job.graph()
            .task(
                Job.task(stage),
                ProductKernels::denseFew,
                job.context(),
                job.call(),
                layer.shape(),
                dense.words(),
                space.x(),
                space.q(),
                stage);
      }
      case DeviceWeights.Sparse sparse -> {
        job.grids().addSampleGroupsByRows(key, layer.rows());
        job.graph()
            .task(
                Job.task(stage),
                ProductKernels::sparseFew,
                job.context(),
                job.call(),
                layer.shape(),
                sparse.starts(),
                sparse.places(),
                sparse.words(),
                space.x(),
                space.q(),
                stage);
      }
    }
  }
}
