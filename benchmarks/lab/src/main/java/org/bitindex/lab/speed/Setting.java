package org.bitindex.lab.speed;

import java.util.Random;
import org.bitindex.lab.peers.PeerShape;

/**
 * A product to be timed: seeded Gaussian weights and samples.
 *
 * @param density the fraction of weights that are not zero
 */
record Setting(int rows, int columns, int batch, double density) {
  private static final long SEED = 1;

  PeerShape peerShape() {
    return new PeerShape(rows, columns, batch, 1);
  }

  float[] weights() {
    return gaussian(rows * columns, density);
  }

  float[] samples() {
    return gaussian(batch * columns, 1);
  }

  private static float[] gaussian(int count, double density) {
    var random = new Random(SEED);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = random.nextDouble() < density ? (float) random.nextGaussian() : 0;
    }
    return values;
  }
}
