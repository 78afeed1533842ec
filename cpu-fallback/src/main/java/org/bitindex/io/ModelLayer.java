package org.bitindex.io;

import org.jspecify.annotations.Nullable;

/**
 * One layer of a network that a model file describes: activation(W x + bias).
 *
 * @param matrix name of the encoded matrix W
 * @param bias name of a carried tensor with one element for each row of W, or null
 * @param activation name of the function: {@code none} or {@code relu}
 */
public record ModelLayer(String matrix, @Nullable String bias, String activation) {}
