package org.bitindex.lab.networks;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A network whose samples are made beforehand and cut into batches.
 *
 * @param <S> a sample
 */
abstract class SampledNetwork<S> implements RealNetwork {
  private final String name;
  private final Path model;
  private final int usual;
  private final List<S> samples;
  private final List<S> calibration;

  /**
   * A network with its task.
   *
   * @param usual samples of a batch where nobody says how many
   * @param samples of the task
   * @param calibration other samples
   */
  SampledNetwork(String name, Path model, int usual, List<S> samples, List<S> calibration) {
    this.name = name;
    this.model = model;
    this.usual = usual;
    this.samples = samples;
    this.calibration = calibration;
  }

  @Override
  public final String name() {
    return name;
  }

  @Override
  public final Path model() {
    return model;
  }

  @Override
  public final List<Batch> batches(int size) {
    return cut(samples, size);
  }

  /** The samples in batches of the usual size. */
  final List<Batch> batches() {
    return cut(samples, usual);
  }

  @Override
  public final List<Batch> calibration() {
    return cut(calibration, usual);
  }

  /** Sample {@code i} of the task. */
  final S sample(int i) {
    return samples.get(i);
  }

  private List<Batch> cut(List<S> all, int size) {
    List<Batch> batches = new ArrayList<>();
    for (int from = 0; from < all.size(); from += size) {
      batches.add(batch(all.subList(from, Math.min(all.size(), from + size)), from));
    }
    return batches;
  }

  /**
   * The inputs of a run.
   *
   * @param part neighbouring samples
   * @param first which of all the first of them is
   */
  abstract Batch batch(List<S> part, int first);
}
