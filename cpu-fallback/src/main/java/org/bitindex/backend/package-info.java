/**
 * What multiplies encoded matrices: the arithmetic, the service interface, and the choice of a
 * backend. Start with {@link org.bitindex.backend.Backends}.
 *
 * {@snippet file="org/bitindex/Examples.java" region="parts"}
 */
@NullMarked
package org.bitindex.backend;

import org.jspecify.annotations.NullMarked;
