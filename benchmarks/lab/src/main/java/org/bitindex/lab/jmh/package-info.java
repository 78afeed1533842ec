/** JMH benchmarks of products, encoders and files, and what the machine could reach at most. */
@NullMarked
package org.bitindex.lab.jmh;

import org.jspecify.annotations.NullMarked;
