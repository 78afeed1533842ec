/**
 * Measures every method on every matrix: {@link org.bitindex.benchmarks.evaluation.EvaluationPlan
 * what} is measured, the measuring itself, and the raw {@link
 * org.bitindex.benchmarks.evaluation.Results results}.
 */
@NullMarked
package org.bitindex.benchmarks.evaluation;

import org.jspecify.annotations.NullMarked;
