/** JMH benchmarks of products, encoders and files, and what the machine could reach at most. */
@NullMarked
package org.bitindex.benchmarks.jmh;

import org.jspecify.annotations.NullMarked;
