package org.bitindex.lab.networks;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.bitindex.calibrate.network.NetworkDistillation;
import org.bitindex.graph.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/** A network from the world outside, with samples and a task by which it is judged. */
interface RealNetwork {
  /** Its name, as the command line takes it. */
  String name();

  /** The FP32 network, an ONNX file. */
  Path model();

  /** The same network with int8 weights for ONNX Runtime, or null if nobody offers one. */
  default @Nullable Path int8() {
    return null;
  }

  /** The samples, at most {@code size} a run. */
  List<Batch> batches(int size);

  /** Other samples, which calibration may see. */
  List<Batch> calibration();

  /** Samples that training may see. */
  default List<Batch> training() {
    return calibration();
  }

  /** How far outputs for a batch are from those wanted; as {@link NetworkDistillation.Loss}. */
  default double loss(
      Batch batch,
      SequencedMap<String, Tensor> wanted,
      SequencedMap<String, Tensor> got,
      Map<String, Tensor> slopes) {
    return NetworkDistillation.squares(wanted, got, slopes);
  }

  /** What users take from a run: the first output. */
  default List<float[]> results(Runner runner, Batch batch) {
    return List.of(runner.first(batch.inputs()).floats());
  }

  /** What {@link #quality} counts. */
  String task();

  /** How well the task is done, 0 to 1. */
  double quality(Runner runner);
}
