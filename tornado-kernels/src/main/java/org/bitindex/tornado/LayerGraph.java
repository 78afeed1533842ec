package org.bitindex.tornado;

import uk.ac.manchester.tornado.api.ImmutableTaskGraph;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.enums.DataTransferMode;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/**
 * The task graph that sends samples through all layers without coming back to the host. Each layer
 * is three tasks: quantise the samples, multiply, finish; a layer with offsets has a fourth.
 */
final class LayerGraph {
  private final Form form;
  private final Workspace space;
  private final FloatArray none;
  private final Grids grids = new Grids();
  private final TaskGraph graph;
  private int stages;

  private LayerGraph(DeviceChain chain, Form form) {
    this.form = form;
    this.space = Workspace.of(chain, form.capacity());
    this.none = chain.none();
    this.graph = new TaskGraph(form.name());
  }

  /** A graph that takes the constants of {@code chain} to the device in its first run. */
  static LayerGraph owner(DeviceChain chain, Form form) {
    var layers = new LayerGraph(chain, form);
    Object[] constants = chain.arrays().toArray();
    layers.graph.transferToDevice(DataTransferMode.FIRST_EXECUTION, constants);
    layers.addLayers(chain);
    layers.graph.persistOnDevice(constants);
    return layers;
  }

  /** A graph that finds the constants on the device once {@code owner} has run. */
  static LayerGraph guest(DeviceChain chain, Form form, LayerGraph owner) {
    var layers = new LayerGraph(chain, form);
    layers.graph.consumeFromDevice(owner.form.name(), chain.arrays().toArray());
    layers.addLayers(chain);
    return layers;
  }

  ImmutableTaskGraph snapshot() {
    return graph.snapshot();
  }

  Grids grids() {
    return grids;
  }

  Workspace space() {
    return space;
  }

  /** Number of tasks, each of which marks that it ran. */
  int stages() {
    return stages;
  }

  private void addLayers(DeviceChain chain) {
    graph.transferToDevice(DataTransferMode.EVERY_EXECUTION, space.call(), space.input());
    FloatArray in = space.input();
    for (int i = 0; i < chain.layers().size(); i++) {
      boolean last = i == chain.layers().size() - 1;
      FloatArray out = last ? space.output() : space.hidden();
      addLayer(chain.layers().get(i), chain.powers(), in, out);
      in = out;
    }
    graph.transferToHost(DataTransferMode.EVERY_EXECUTION, space.call(), space.output());
  }

  private void addLayer(DeviceLayer layer, FloatArray powers, FloatArray in, FloatArray out) {
    String quantize = "quantize" + stages;
    grids.addSamples(form.name() + "." + quantize);
    graph.task(
        quantize,
        SampleKernels::quantizeSamples,
        new KernelContext(),
        space.call(),
        layer.shape(),
        in,
        powers,
        space.x(),
        space.reals(),
        stages++,
        form.integerStride(layer),
        form.columnStride());
    form.addProduct(graph, grids, "multiply" + stages, stages++, layer, space);
    if (layer.offsets() != null) {
      String offset = "offset" + stages;
      grids.addOutputs(form.name() + "." + offset, layer.rows());
      graph.task(
          offset,
          SampleKernels::offsetTerms,
          new KernelContext(),
          space.call(),
          layer.shape(),
          space.reals(),
          layer.offsets(),
          out,
          stages++);
    }
    String finish = "finish" + stages;
    grids.addOutputs(form.name() + "." + finish, layer.rows());
    graph.task(
        finish,
        SampleKernels::finishRows,
        new KernelContext(),
        space.call(),
        layer.shape(),
        space.q(),
        space.reals(),
        layer.scales(),
        layer.bias() == null ? none : layer.bias(),
        out,
        stages++,
        form.sumStride(layer),
        form.rowStride(),
        layer.steps());
  }
}
