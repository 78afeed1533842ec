package org.bitindex.tornado;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.TaskGraph;

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
  public void addProduct(
      TaskGraph graph, Grids grids, String task, int stage, DeviceLayer layer, Workspace space) {
    switch (layer.weights()) {
      case DeviceWeights.Dense dense -> {
        grids.addRowsBySamples(name() + "." + task, layer.rows());
        graph.task(
            task,
            ProductKernels::denseFew,
            new KernelContext(),
            space.call(),
            layer.shape(),
            dense.words(),
            space.x(),
            space.q(),
            stage);
      }
      case DeviceWeights.Sparse sparse -> {
        grids.addSampleGroupsByRows(name() + "." + task, layer.rows());
        graph.task(
            task,
            ProductKernels::sparseFew,
            new KernelContext(),
            space.call(),
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
