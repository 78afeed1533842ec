package org.bitindex.lab.mnist;

import java.util.List;
import org.bitindex.code.Code;
import org.bitindex.nn.train.Trainer;

/**
 * What is trained and measured.
 *
 * @param epochs passes over the digits for the dense network
 * @param retrainEpochs passes after each pruning, and for each fine-tuning
 * @param sparsities ascending, the first 0: each network is pruned from the one before it
 * @param codes each is measured at each sparsity
 * @param seed of all random choices
 * @param threads CPU threads; no result depends on them
 */
record MnistPlan(
    int epochs,
    int retrainEpochs,
    List<Double> sparsities,
    List<Code> codes,
    long seed,
    int threads) {
  private static final int BATCH = 64;
  private static final double LEARNING_RATE = 1e-3;

  /** Strong, so that weights of pixels that are always blank die before they are pruned. */
  private static final double WEIGHT_DECAY = 1;

  private static final double TUNING_WEIGHT_DECAY = 0.1;

  /** The plan of {@code bie mnist}. */
  static MnistPlan standard(long seed, int threads) {
    return new MnistPlan(
        30,
        8,
        List.of(0.0, 0.8, 0.9, 0.95, 0.98),
        List.of(
            new Code.Binary(0),
            new Code.Ternary(0, 0),
            new Code.Affine(4),
            new Code.Symmetric(2),
            new Code.Symmetric(3),
            new Code.Symmetric(4)),
        seed,
        threads);
  }

  /** All epochs of all trainings. */
  int totalEpochs() {
    int trainings = sparsities.size() - 1 + sparsities.size() * codes.size();
    return epochs + retrainEpochs * trainings;
  }

  Trainer trainer() {
    return new Trainer(epochs, BATCH, LEARNING_RATE, WEIGHT_DECAY, seed, threads);
  }

  Trainer retrainer() {
    return new Trainer(retrainEpochs, BATCH, LEARNING_RATE, WEIGHT_DECAY, seed, threads);
  }

  Trainer tuner() {
    return new Trainer(retrainEpochs, BATCH, LEARNING_RATE, TUNING_WEIGHT_DECAY, seed, threads);
  }
}
