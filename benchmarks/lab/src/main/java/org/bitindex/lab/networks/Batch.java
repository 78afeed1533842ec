package org.bitindex.lab.networks;

import java.util.Map;
import org.bitindex.graph.tensor.Tensor;

/**
 * Inputs of one run.
 *
 * @param inputs of the network, by name
 * @param samples number of samples in them
 */
record Batch(Map<String, Tensor> inputs, int samples) {}
