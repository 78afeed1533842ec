/** {@code bie infer} on Apache Spark: rows of Parquet or .npy files in, Parquet out. */
@NullMarked
package org.bitindex.spark;

import org.jspecify.annotations.NullMarked;
