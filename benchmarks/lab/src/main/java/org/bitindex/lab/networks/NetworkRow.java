package org.bitindex.lab.networks;

import org.jspecify.annotations.Nullable;

/**
 * A line of the table: one network in one form.
 *
 * @param network its name
 * @param form how it is stored, and what runs it
 * @param fileBytes of the file
 * @param memoryBytes that the weights of products take beside the mapped file, or null where that
 *     is not known
 * @param task what {@code quality} counts
 * @param quality 0 to 1
 * @param cosine of the results to those of the FP32 graph, the mean of all
 * @param perSecond1 samples a second one by one, or null if not measured
 * @param perSecond32 samples a second in batches of 32, or null if not measured
 */
public record NetworkRow(
    String network,
    String form,
    long fileBytes,
    @Nullable Long memoryBytes,
    String task,
    double quality,
    double cosine,
    @Nullable Rate perSecond1,
    @Nullable Rate perSecond32) {}
