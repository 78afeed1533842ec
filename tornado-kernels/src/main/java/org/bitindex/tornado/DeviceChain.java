package org.bitindex.tornado;

import java.util.ArrayList;
import java.util.List;
import org.bitindex.backend.Linear;
import org.bitindex.tornado.kernel.SampleKernels;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;

/**
 * Layers with everything that goes to the device once.
 *
 * @param powers powers of two, see {@link SampleKernels#POWERS}
 * @param none stands for the bias of a layer that has none
 */
public record DeviceChain(List<DeviceLayer> layers, FloatArray powers, FloatArray none) {
  static DeviceChain of(List<Linear> layers, int activationBits) {
    return new DeviceChain(
        layers.stream().map(layer -> DeviceLayer.of(layer, activationBits)).toList(),
        powersOfTwo(),
        new FloatArray(1));
  }

  /** The table of {@link SampleKernels#POWERS}. */
  public static FloatArray powersOfTwo() {
    var powers = new FloatArray(SampleKernels.POWERS);
    for (int i = 0; i < SampleKernels.POWERS; i++) {
      powers.set(i, Math.scalb(1f, i + Float.MIN_EXPONENT));
    }
    powers.set(SampleKernels.NAN_POWER, Float.NaN);
    return powers;
  }

  int inputColumns() {
    return layers.getFirst().columns();
  }

  int outputColumns() {
    return layers.getLast().rows();
  }

  /** The most rows of a layer. */
  int mostRows() {
    return layers.stream().mapToInt(DeviceLayer::rows).max().orElseThrow();
  }

  /** The most rows of a layer whose outputs stay on the device. */
  int mostHiddenRows() {
    return layers.stream().limit(layers.size() - 1L).mapToInt(DeviceLayer::rows).max().orElse(0);
  }

  /** The most columns of a layer, in whole words. */
  int mostPaddedColumns() {
    return layers.stream().mapToInt(DeviceLayer::paddedColumns).max().orElseThrow();
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
