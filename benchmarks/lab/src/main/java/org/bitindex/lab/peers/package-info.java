/**
 * The products that a JVM user can pick today, behind one small interface, to print beside ours.
 *
 * <p>{@code docs/peers.md} says what each peer is, what its call includes and under which licence
 * it comes.
 */
@NullMarked
package org.bitindex.lab.peers;

import org.jspecify.annotations.NullMarked;
