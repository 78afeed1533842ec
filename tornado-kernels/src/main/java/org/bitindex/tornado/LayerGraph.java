package org.bitindex.tornado;

import org.bitindex.tornado.device.CallArrays;
import org.bitindex.tornado.device.Grids;
import org.bitindex.tornado.device.Job;
import org.bitindex.tornado.device.TornadoTarget;
import org.bitindex.tornado.kernel.FinishKernels;
import org.bitindex.tornado.kernel.GatherKernels;
import org.bitindex.tornado.kernel.LookupKernels;
import org.bitindex.tornado.kernel.SampleKernels;
import org.bitindex.tornado.kernel.ShapeElements;
import org.bitindex.tornado.kernel.TensorCoreKernels;
import uk.ac.manchester.tornado.api.enums.DataTransferMode;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * Assembles the task graph that sends samples through all layers without coming back to the host:
 * each layer quantises its input, multiplies, and finishes. Look-ups of few samples quantise by
 * themselves and gathered products finish by themselves, which makes two tasks of three.
 */
final class LayerGraph {
  private static final int MOST_STAGES_OF_LAYER = 3;

  private final CallArrays space;
  private final DeviceChain chain;
  private final int capacity;
  private final Job job;

  // What the next layer reads: samples, the largest magnitudes of parts of each, its shape.
  private IntArray in;
  private IntArray maxima;
  private IntArray shape;
  private int parts;
  private int partStride;

  private LayerGraph(TornadoTarget target, DeviceChain chain, CallArrays space) {
    this.space = space;
    this.chain = chain;
    this.capacity = space.callSize().capacity();
    this.job =
        new Job(target, space.callSize().graphName(), MOST_STAGES_OF_LAYER * chain.layers().size());
    this.in = space.input();
    this.maxima = space.maxima();
    this.shape = space.shapes().getFirst();
    this.parts = 1;
    this.partStride = 0;
  }

  /** A graph that takes the constants of {@code chain} to the device in its first run. */
  static Job owner(TornadoTarget target, DeviceChain chain, CallArrays space) {
    var layers = new LayerGraph(target, chain, space);
    Object[] constants = chain.objects().toArray();
    layers.job.graph().transferToDevice(DataTransferMode.FIRST_EXECUTION, constants);
    layers.addLayers();
    layers.job.keepOnDevice(constants);
    return layers.job;
  }

  /** A graph that finds the constants on the device, once {@code owner} has run. */
  static Job guest(TornadoTarget target, DeviceChain chain, CallArrays space, Job owner) {
    var layers = new LayerGraph(target, chain, space);
    layers.job.graph().consumeFromDevice(owner.name(), chain.objects().toArray());
    layers.addLayers();
    return layers.job;
  }

  private void addLayers() {
    job.graph().transferToDevice(DataTransferMode.FIRST_EXECUTION, space.shapes().toArray());
    job.graph()
        .transferToDevice(
            DataTransferMode.EVERY_EXECUTION, job.call(), space.input(), space.maxima());
    int last = chain.layers().size() - 1;
    for (int i = 0; i <= last; i++) {
      DeviceLayer layer = chain.layers().get(i);
      shape = space.shapes().get(i);
      if (space.callSize().isFew()) {
        addFewProduct(layer, i == last);
      } else {
        addManyProduct(layer, i == last);
      }
      in = out(i == last);
      maxima = space.hiddenMaxima();
      parts = layer.blocksOfMaxima(space.callSize());
      partStride = capacity;
    }
    job.graph()
        .transferToHost(DataTransferMode.EVERY_EXECUTION, job.call())
        .transferToHost(DataTransferMode.UNDER_DEMAND, space.output());
    job.keepOnDevice(
        space.scales(),
        space.x(),
        space.shifts(),
        space.parts(),
        space.sums(),
        space.hidden(),
        space.hiddenMaxima());
  }

  /** The outputs of a layer, which the next one reads. */
  private IntArray out(boolean isLast) {
    return isLast ? space.output() : space.hidden();
  }

  private FloatArray bias(DeviceLayer layer) {
    return layer.bias() == null ? chain.none() : layer.bias();
  }

  private void addFewProduct(DeviceLayer layer, boolean isLast) {
    int stage = job.nextStage();
    String key = job.gridKey(stage);
    switch (layer.weights()) {
      case DeviceWeights.Lines lines -> {
        int slices = shape.get(ShapeElements.SLICES);
        job.grids().add(key, 256, 1, _ -> lines.stride() / 4, n -> n * slices);
        job.graph()
            .task(
                Job.task(stage),
                LookupKernels::few,
                job.context(),
                job.call(),
                shape,
                lines.words(),
                in,
                maxima,
                space.scales(),
                space.sums(),
                stage,
                parts,
                partStride);
        addFinish(layer, isLast);
      }
      case DeviceWeights.Entries entries -> {
        job.grids().add(key, 128, 1, _ -> layer.groups() * 128, n -> n);
        job.graph()
            .task(
                Job.task(stage),
                SampleKernels::quantizeFew,
                job.context(),
                job.call(),
                shape,
                in,
                maxima,
                space.scales(),
                space.x(),
                stage,
                parts,
                partStride);
        addGather(layer, entries, isLast);
      }
    }
  }

  private void addGather(DeviceLayer layer, DeviceWeights.Entries entries, boolean isLast) {
    boolean few = space.callSize().isFew();
    int stage = job.nextStage();
    String key = job.gridKey(stage);
    if (few) {
      job.grids().add(key, 256, 1, _ -> layer.rows() * 8, n -> n);
    } else {
      job.grids().add(key, 32, 8, n -> Math.ceilDiv(n, 64) * 32, _ -> layer.rows());
    }
    job.graph()
        .task(
            Job.task(stage),
            few ? GatherKernels::few : GatherKernels::many,
            job.context(),
            job.call(),
            shape,
            entries.offsets(),
            entries.pairs(),
            space.x(),
            space.scales(),
            chain.powers(),
            layer.rowScales(),
            bias(layer),
            out(isLast),
            space.hiddenMaxima(),
            stage,
            capacity,
            layer.steps(isLast));
  }

  private void addManyProduct(DeviceLayer layer, boolean isLast) {
    int quantize = job.nextStage();
    int samples = layer.samplesOfGroup();
    job.grids()
        .add(job.gridKey(quantize), 32, 8, n -> Grids.roundUp(n, samples), _ -> layer.groups() * 8);
    job.graph()
        .task(
            Job.task(quantize),
            SampleKernels::quantizeMany,
            job.context(),
            job.call(),
            shape,
            in,
            maxima,
            space.scales(),
            space.x(),
            space.shifts(),
            quantize,
            parts,
            partStride,
            capacity,
            layer.manyForm());
    switch (layer.weights()) {
      case DeviceWeights.Lines lines -> {
        addLines(layer, lines, job.nextStage());
        addFinish(layer, isLast);
      }
      case DeviceWeights.Entries entries -> addGather(layer, entries, isLast);
    }
  }

  private void addLines(DeviceLayer layer, DeviceWeights.Lines lines, int stage) {
    if (!layer.tensorCores()) {
      addLookups(layer, lines, stage);
      return;
    }
    int blocks = layer.blocksOfSums(space.callSize());
    job.grids()
        .add(
            job.gridKey(stage),
            32,
            8,
            n -> Math.ceilDiv(n, TensorCoreKernels.SAMPLES) * 32,
            _ -> blocks * 8);
    job.graph()
        .task(
            Job.task(stage),
            TensorCoreKernels::many,
            job.context(),
            job.call(),
            shape,
            lines.words(),
            space.x(),
            space.parts(),
            space.sums(),
            stage,
            capacity);
  }

  private void addLookups(DeviceLayer layer, DeviceWeights.Lines lines, int stage) {
    int blocks = layer.blocksOfSums(space.callSize());
    if (layer.pairs()) {
      job.grids().add(job.gridKey(stage), 32, 8, n -> Math.ceilDiv(n, 64) * 32, _ -> blocks * 8);
      job.graph()
          .task(
              Job.task(stage),
              LookupKernels::pairs,
              job.context(),
              job.call(),
              shape,
              lines.words(),
              space.x(),
              space.shifts(),
              space.sums(),
              stage,
              capacity);
    } else {
      job.grids().add(job.gridKey(stage), 32, 8, n -> n, _ -> blocks * 8);
      job.graph()
          .task(
              Job.task(stage),
              LookupKernels::many,
              job.context(),
              job.call(),
              shape,
              lines.words(),
              space.x(),
              space.sums(),
              stage,
              capacity);
    }
  }

  /** The last task of a layer of lines. */
  private void addFinish(DeviceLayer layer, boolean isLast) {
    boolean few = space.callSize().isFew();
    int stage = job.nextStage();
    String key = job.gridKey(stage);
    if (few) {
      job.grids().add(key, 256, 1, _ -> layer.rows() * 4, n -> n);
    } else {
      job.grids().add(key, 32, 8, n -> n, _ -> Math.ceilDiv(layer.rows(), 32) * 8);
    }
    job.graph()
        .task(
            Job.task(stage),
            few ? FinishKernels::few : FinishKernels::many,
            job.context(),
            job.call(),
            shape,
            space.sums(),
            space.scales(),
            chain.powers(),
            layer.rowScales(),
            layer.negativeOffsets(),
            bias(layer),
            out(isLast),
            space.hiddenMaxima(),
            stage,
            capacity,
            layer.steps(isLast));
  }
}
