package org.bitindex.lab.networks;

import java.util.Map;
import java.util.SequencedMap;
import org.bitindex.graph.tensor.Tensor;

/** Whatever runs a network: a graph of ours, or ONNX Runtime. */
@FunctionalInterface
interface Runner {
  /** The outputs by name, in the order of the network. */
  SequencedMap<String, Tensor> run(Map<String, Tensor> inputs);

  /** The first output. */
  default Tensor first(Map<String, Tensor> inputs) {
    return run(inputs).firstEntry().getValue();
  }
}
