package org.bitindex.cli.advise;

/**
 * A product that was timed.
 *
 * @param product kind of product, {@link Format#product}
 * @param rows outputs of a sample
 * @param columns features of a sample
 * @param sparsity share of weights that were pruned
 * @param density set bits or stored values for each weight, {@link Stored#density}
 * @param seconds time of a product, {@link ProductTiming#measure}
 */
public record TimedProduct(
    String product, int rows, int columns, double sparsity, double density, double seconds) {}
