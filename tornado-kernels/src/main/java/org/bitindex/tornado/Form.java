package org.bitindex.tornado;

/** How the samples of a call lie in a {@link Workspace}, and the product that fits. */
sealed interface Form permits FewSamples, ManySamples {
  /** The name of its graph. */
  String name();

  /** The most samples of a call. */
  int capacity();

  /** Elements from a sample's integers to the next sample's. */
  int integerStride(DeviceLayer layer);

  /** Elements from a column's integers to the next column's. */
  int columnStride();

  /** Elements from a sample's sums to the next sample's. */
  int sumStride(DeviceLayer layer);

  /** Elements from a row's sums to the next row's. */
  int rowStride();

  /** Adds the product of a layer to a graph. */
  void addProduct(Job job, DeviceLayer layer, Workspace space);
}
