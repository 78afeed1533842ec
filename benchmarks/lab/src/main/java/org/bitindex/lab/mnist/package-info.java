/** LeNet-300-100 on MNIST digits: trained, pruned, encoded, fine-tuned and measured. */
@NullMarked
package org.bitindex.lab.mnist;

import org.jspecify.annotations.NullMarked;
