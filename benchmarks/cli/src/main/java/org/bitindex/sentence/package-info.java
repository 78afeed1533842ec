/**
 * Sentence encoders: texts to tokens, a network of the BERT family (Devlin et al. 2018) over them,
 * pooling, cosines; and what is needed to judge encoded ones, such as all-MiniLM-L6-v2 (Wang et al.
 * 2020, Reimers and Gurevych 2019).
 */
@NullMarked
package org.bitindex.sentence;

import org.jspecify.annotations.NullMarked;
