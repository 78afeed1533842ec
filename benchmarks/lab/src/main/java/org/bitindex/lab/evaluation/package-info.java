/**
 * Measures every method on every matrix: {@link org.bitindex.lab.evaluation.EvaluationPlan what} is
 * measured, the measuring itself, and the raw {@link org.bitindex.lab.evaluation.Results results}.
 */
@NullMarked
package org.bitindex.lab.evaluation;

import org.jspecify.annotations.NullMarked;
