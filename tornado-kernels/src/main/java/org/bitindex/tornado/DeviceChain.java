package org.bitindex.tornado;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToIntFunction;
import org.bitindex.backend.Linear;
import org.bitindex.tornado.device.DeviceMemory;
import org.bitindex.tornado.device.PowersOfTwo;
import org.bitindex.tornado.kernel.SampleKernels;
import uk.ac.manchester.tornado.api.types.arrays.DoubleArray;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;

/**
 * Layers with everything that goes to the device once.
 *
 * @param powers powers of two, see {@link SampleKernels#SCALES}
 * @param none stands for the bias of a layer that has none
 */
record DeviceChain(List<DeviceLayer> layers, DoubleArray powers, FloatArray none) {
  static DeviceChain of(List<Linear> layers, int activationBits, boolean tensorCores) {
    return new DeviceChain(
        layers.stream().map(layer -> DeviceLayer.of(layer, activationBits, tensorCores)).toList(),
        PowersOfTwo.table(),
        new FloatArray(1));
  }

  int inputColumns() {
    return layers.getFirst().columns();
  }

  int outputColumns() {
    return layers.getLast().rows();
  }

  /** The largest of a number of each layer. */
  int most(ToIntFunction<DeviceLayer> number) {
    return layers.stream().mapToInt(number).max().orElseThrow();
  }

  /** The largest of a number of each layer whose outputs stay on the device. */
  int mostHidden(ToIntFunction<DeviceLayer> number) {
    return layers.stream().limit(layers.size() - 1L).mapToInt(number).max().orElse(0);
  }

  /** All that kernels name. */
  List<Object> objects() {
    List<Object> objects = new ArrayList<>(List.of(powers, none));
    layers.forEach(layer -> objects.addAll(layer.objects()));
    return objects;
  }

  /** All arrays. */
  List<TornadoNativeArray> arrays() {
    List<TornadoNativeArray> arrays = new ArrayList<>(List.of(powers, none));
    layers.forEach(layer -> arrays.addAll(layer.arrays()));
    return arrays;
  }

  /** Bytes of all arrays on the device. */
  long bytes() {
    return DeviceMemory.bytes(arrays());
  }
}
