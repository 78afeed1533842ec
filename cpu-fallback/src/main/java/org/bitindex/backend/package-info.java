/**
 * What multiplies encoded matrices: the arithmetic, the service interface, and the choice of a
 * backend.
 */
@NullMarked
package org.bitindex.backend;

import org.jspecify.annotations.NullMarked;
