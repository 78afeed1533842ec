/** The paper's claims, each judged by a rule from the results of an evaluation. */
@NullMarked
package org.bitindex.lab.claims;

import org.jspecify.annotations.NullMarked;
