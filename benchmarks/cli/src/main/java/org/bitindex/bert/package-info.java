/**
 * A sentence encoder of the BERT family (Devlin et al. 2018) whose linear layers run on any {@link
 * org.bitindex.backend.Backend}, and what is needed to judge it: all-MiniLM-L6-v2 (Wang et al.
 * 2020, Reimers and Gurevych 2019) in FP32, encoded, and in ONNX Runtime.
 *
 * <p>It lives beside the benchmarks, not in the library: it is one model's architecture, and its
 * tokeniser and its rival bring native libraries that a user of the products does not need.
 *
 * <p>Outputs have the same bits on every machine, thread count and batch split: sums run in a fixed
 * order, each float step is one IEEE 754 operation, and exp and erf are polynomials of this package
 * ({@link org.bitindex.bert.ElementaryFunctions}).
 */
@NullMarked
package org.bitindex.bert;

import org.jspecify.annotations.NullMarked;
