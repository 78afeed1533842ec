package org.bitindex.nn.train;

import java.util.List;
import java.util.function.IntConsumer;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.IntStream;
import org.bitindex.backend.Activation;
import org.bitindex.encode.Recipe;
import org.bitindex.matrix.EncodedMatrix;
import org.jspecify.annotations.Nullable;

/**
 * Trains classifiers: softmax cross-entropy, mini-batches in random order, Adam with a learning
 * rate that falls linearly to zero.
 *
 * <p>The trained bits depend on the seed and on the options, not on the thread count nor on the
 * machine: each sum is made by one thread in a fixed order, and no float operation is fused.
 *
 * @param epochs passes over the samples, at least 0
 * @param batch samples of a mini-batch, at least 1
 * @param learningRate at the start, above 0 and at most 1: a step of Adam moves each weight by
 *     about as much
 * @param weightDecay the share of each weight that a step takes off, times the learning rate
 *     (Loshchilov, Hutter 2019), at least 0, times the learning rate at most 1. It lets weights die
 *     that no input reaches
 * @param seed of the order of the samples
 * @param threads number of threads, at least 1
 */
public record Trainer(
    int epochs, int batch, double learningRate, double weightDecay, long seed, int threads) {
  public Trainer {
    requireAtLeast("epochs", epochs, 0);
    requireAtLeast("batch", batch, 1);
    requireAtLeast("threads", threads, 1);
    if (!(learningRate > 0 && learningRate <= 1)) {
      throw new IllegalArgumentException(
          "learningRate is " + learningRate + ", must be above 0 and at most 1");
    }
    if (!(weightDecay >= 0 && weightDecay * learningRate <= 1)) {
      throw new IllegalArgumentException(
          "weightDecay is "
              + weightDecay
              + ", must be at least 0 and, times the learning rate, at most 1");
    }
  }

  private static void requireAtLeast(String name, int value, int least) {
    if (value < least) {
      throw new IllegalArgumentException(name + " is " + value + ", must be at least " + least);
    }
  }

  /**
   * Trains {@code network} in place; pruned weights stay zero.
   *
   * @throws IllegalArgumentException if a sample does not fit the network, or once the outputs for
   *     one are too large for floats; the weights are then those of the step before
   */
  public void train(DenseNetwork network, Samples samples, IntConsumer epochDone) {
    run(network, samples, null, epochDone);
  }

  /**
   * Encoding-aware fine-tuning in place: the passes see the weights as {@code recipe} would encode
   * them, and the gradients move the FP32 weights behind. Scales are chosen anew before each epoch;
   * pruned weights stay zero.
   *
   * @param epochDone is told the number of finished epochs after each
   * @throws IllegalArgumentException as {@link #train}
   */
  public void fineTune(
      DenseNetwork network, Recipe recipe, Samples samples, IntConsumer epochDone) {
    run(network, samples, recipe, epochDone);
  }

  private void run(
      DenseNetwork network, Samples samples, @Nullable Recipe recipe, IntConsumer epochDone) {
    requireFit(network, samples);
    List<TrainingLayer> layers = network.layers().stream().map(TrainingLayer::new).toList();
    var miniBatch = new MiniBatch(network.layers(), layers, Math.min(batch, samples.count()));
    int[] order = IntStream.range(0, samples.count()).toArray();
    RandomGenerator generator = RandomGeneratorFactory.of(DenseNetwork.GENERATOR).create(seed);
    int stepsPerEpoch = Math.ceilDiv(samples.count(), batch);
    double steps = (double) stepsPerEpoch * epochs;
    int t = 0;
    for (int epoch = 0; epoch < epochs; epoch++) {
      chooseCodes(network, layers, recipe);
      shuffle(order, generator);
      for (int first = 0; first < order.length; first += batch) {
        double rate = learningRate * (1 - t / steps);
        t++;
        miniBatch.load(samples, order, first);
        miniBatch.step(threads, TrainingLayer.Step.of(t, rate, weightDecay));
      }
      epochDone.accept(epoch + 1);
    }
  }

  private static void requireFit(DenseNetwork network, Samples samples) {
    if (samples.count() == 0) {
      throw new IllegalArgumentException("there are no samples to train with");
    }
    int columns = network.layers().getFirst().columns();
    if (samples.inputs()[0].length != columns) {
      throw new IllegalArgumentException(
          "samples have " + samples.inputs()[0].length + " features, the network takes " + columns);
    }
    if (network.layers().getLast().activation() != Activation.NONE) {
      throw new IllegalArgumentException(
          "the last layer has an activation function, softmax follows it");
    }
    int classes = network.layers().getLast().rows();
    for (int label : samples.labels()) {
      if (label < 0 || label >= classes) {
        throw new IllegalArgumentException(
            "label " + label + " does not fit a network of " + classes + " outputs");
      }
    }
  }

  private static void chooseCodes(
      DenseNetwork network, List<TrainingLayer> layers, @Nullable Recipe recipe) {
    if (recipe != null) {
      for (int i = 0; i < layers.size(); i++) {
        try (EncodedMatrix encoded = recipe.encode(network.layers().get(i))) {
          layers.get(i).useCodes(encoded);
        }
      }
    }
  }

  private static void shuffle(int[] order, RandomGenerator generator) {
    for (int i = order.length - 1; i > 0; i--) {
      int j = generator.nextInt(i + 1);
      int swapped = order[i];
      order[i] = order[j];
      order[j] = swapped;
    }
  }
}
