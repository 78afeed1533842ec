package org.bitindex.cli;

import java.lang.reflect.Array;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.function.IntConsumer;
import org.bitindex.graph.Network;
import org.bitindex.graph.tensor.Tensor;
import org.bitindex.onnx.ValueInfo;
import org.bitindex.onnx.ValueType;

/**
 * One run of a network over all its inputs. Where the model says that all inputs and outputs share
 * their first dimension, such as "batch", some places of it are run at a time.
 *
 * @param outputs by name
 * @param seconds that it took
 */
record NetworkRun(SequencedMap<String, Tensor> outputs, double seconds) {
  /** Samples that are run at a time. */
  private static final int BATCH = 256;

  /**
   * Runs a network.
   *
   * @param progress is told how many more samples are done
   */
  static NetworkRun of(Network network, NetworkInputs inputs, IntConsumer progress) {
    long start = System.nanoTime();
    SequencedMap<String, Tensor> outputs;
    if (inputs.samples() > BATCH && sharesFirst(network)) {
      outputs = inBatches(network, inputs, progress);
    } else {
      outputs = network.run(inputs.all());
      progress.accept((int) Math.max(1, inputs.samples()));
    }
    return new NetworkRun(outputs, (System.nanoTime() - start) / 1e9);
  }

  /** True if a run is over samples: all inputs and outputs share a first dimension by its name. */
  static boolean sharesFirst(Network network) {
    List<ValueInfo> values = new ArrayList<>(network.inputs());
    values.addAll(network.outputs());
    String name = null;
    for (ValueInfo value : values) {
      List<ValueType.Dimension> shape = value.type().shape();
      if (shape == null || shape.isEmpty() || shape.getFirst().name().isEmpty()) {
        return false;
      }
      String own = shape.getFirst().name();
      if (name != null && !name.equals(own)) {
        return false;
      }
      name = own;
    }
    return name != null;
  }

  private static SequencedMap<String, Tensor> inBatches(
      Network network, NetworkInputs inputs, IntConsumer progress) {
    SequencedMap<String, Tensor> whole = new LinkedHashMap<>();
    long samples = inputs.samples();
    for (long first = 0; first < samples; first += BATCH) {
      int count = (int) Math.min(BATCH, samples - first);
      for (Map.Entry<String, Tensor> output : network.run(inputs.part(first, count)).entrySet()) {
        Tensor part = output.getValue();
        int each = part.length() / count;
        Tensor all =
            whole.computeIfAbsent(
                output.getKey(),
                _ -> {
                  int[] shape = part.shape().clone();
                  shape[0] = Math.toIntExact(samples);
                  return Tensor.zeros(part.type(), shape);
                });
        System.arraycopy(
            part.elements(),
            0,
            all.elements(),
            (int) first * each,
            Array.getLength(part.elements()));
      }
      progress.accept(count);
    }
    return whole;
  }
}
