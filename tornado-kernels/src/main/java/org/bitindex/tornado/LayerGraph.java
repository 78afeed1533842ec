package org.bitindex.tornado;

import org.bitindex.tornado.kernel.SampleKernels;
import uk.ac.manchester.tornado.api.enums.DataTransferMode;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/**
 * Assembles the task graph that sends samples through all layers without coming back to the host.
 * Each layer is three tasks: quantise the samples, multiply, finish; a layer with offsets has a
 * fourth.
 */
final class LayerGraph {
  private static final int MOST_STAGES_OF_LAYER = 4;

  private final Form form;
  private final Workspace space;
  private final DeviceChain chain;
  private final Job job;

  private LayerGraph(DeviceChain chain, Form form, Workspace space) {
    this.form = form;
    this.space = space;
    this.chain = chain;
    this.job = new Job(form.name(), MOST_STAGES_OF_LAYER * chain.layers().size());
  }

  /** A graph that takes the constants of {@code chain} to the device in its first run. */
  static Job owner(DeviceChain chain, Form form, Workspace space) {
    var layers = new LayerGraph(chain, form, space);
    Object[] constants = chain.arrays().toArray();
    layers.job.graph().transferToDevice(DataTransferMode.FIRST_EXECUTION, constants);
    layers.addLayers();
    layers.job.keepOnDevice(constants);
    return layers.job;
  }

  /** A graph that finds the constants on the device, once {@code owner} has run. */
  static Job guest(DeviceChain chain, Form form, Workspace space, Job owner) {
    var layers = new LayerGraph(chain, form, space);
    layers.job.graph().consumeFromDevice(owner.name(), chain.arrays().toArray());
    layers.addLayers();
    return layers.job;
  }

  private void addLayers() {
    job.graph().transferToDevice(DataTransferMode.EVERY_EXECUTION, job.call(), space.input());
    FloatArray in = space.input();
    int last = chain.layers().size() - 1;
    for (int i = 0; i <= last; i++) {
      DeviceLayer layer = chain.layers().get(i);
      FloatArray out = i == last ? space.output() : space.hidden();
      addQuantize(layer, in);
      form.addProduct(job, layer, space);
      if (layer.offsets() != null) {
        addOffsets(layer, layer.offsets(), out);
      }
      addFinish(layer, out);
      in = out;
    }
    job.graph().transferToHost(DataTransferMode.EVERY_EXECUTION, job.call(), space.output());
    job.keepOnDevice(space.x(), space.reals(), space.q());
    if (last > 0) {
      job.keepOnDevice(space.hidden());
    }
  }

  private void addQuantize(DeviceLayer layer, FloatArray in) {
    int stage = job.nextStage();
    job.grids().addSamples(job.gridKey(stage));
    job.graph()
        .task(
            Job.task(stage),
            SampleKernels::quantizeSamples,
            job.context(),
            job.call(),
            layer.shape(),
            in,
            chain.powers(),
            space.x(),
            space.reals(),
            stage,
            form.integerStride(layer),
            form.columnStride());
  }

  private void addOffsets(DeviceLayer layer, FloatArray offsets, FloatArray out) {
    int stage = job.nextStage();
    job.grids().addOutputs(job.gridKey(stage), layer.rows());
    job.graph()
        .task(
            Job.task(stage),
            SampleKernels::offsetTerms,
            job.context(),
            job.call(),
            layer.shape(),
            space.reals(),
            offsets,
            out,
            stage);
  }

  private void addFinish(DeviceLayer layer, FloatArray out) {
    int stage = job.nextStage();
    job.grids().addOutputs(job.gridKey(stage), layer.rows());
    job.graph()
        .task(
            Job.task(stage),
            SampleKernels::finishRows,
            job.context(),
            job.call(),
            layer.shape(),
            space.q(),
            space.reals(),
            layer.scales(),
            layer.bias() == null ? chain.none() : layer.bias(),
            out,
            stage,
            form.sumStride(layer),
            form.rowStride(),
            layer.steps());
  }
}
