package org.bitindex.lab.evaluation;

import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.bitindex.cli.measure.Gaussian;
import org.bitindex.io.DenseFile;
import org.bitindex.matrix.DenseMatrix;
import org.bitindex.matrix.Weights;

/** Matrices from files: a real network's layers, and patterns of sparse networks. */
public final class FileSources {
  /** One matrix of each shape in the first block of all-MiniLM-L6-v2. */
  private static final List<String> MINILM_LAYERS =
      List.of(
          "/encoder/layer.0/attention/self/query/MatMul",
          "/encoder/layer.0/intermediate/dense/MatMul",
          "/encoder/layer.0/output/dense/MatMul");

  private static final long MOST_WEIGHTS = 1L << 26;

  private FileSources() {}

  /**
   * Layers of the sample model, the same in every run.
   *
   * @param file the model as {@code ./setup.sh fetch minilm} brings it
   */
  public static List<MatrixSource> minilm(Path file, List<Double> sparsities) throws IOException {
    List<MatrixSource> sources = new ArrayList<>();
    try (DenseFile model = DenseFile.open(file)) {
      for (String layer : MINILM_LAYERS) {
        DenseMatrix weights = DenseMatrix.copyOf(model.matrix(layer));
        String name = "MiniLM " + layer.substring(1, layer.lastIndexOf('/'));
        sources.add(new MatrixSource(name, _ -> weights, sparsities));
      }
    }
    return sources;
  }

  /**
   * The patterns of all .smtx files under a folder, with standard normal values; not pruned.
   *
   * @throws IllegalArgumentException if there is none, or one has more than 2^26 cells
   */
  public static List<MatrixSource> smtx(Path folder) throws IOException {
    List<Path> files;
    try (Stream<Path> walk = Files.walk(folder)) {
      files = walk.filter(path -> path.toString().endsWith(".smtx")).sorted().toList();
    }
    if (files.isEmpty()) {
      throw new IllegalArgumentException(folder + " has no .smtx file");
    }
    List<MatrixSource> sources = new ArrayList<>();
    for (Path file : files) {
      try (DenseFile pattern = DenseFile.open(file)) {
        sources.add(source(file, pattern.matrices().firstEntry().getValue()));
      }
    }
    return sources;
  }

  private static MatrixSource source(Path file, Weights weights) {
    long size = (long) weights.rows() * weights.columns();
    if (size == 0 || size > MOST_WEIGHTS) {
      throw new IllegalArgumentException(
          file + " has " + size + " cells, allowed are 1 to " + MOST_WEIGHTS);
    }
    float[] pattern = DenseMatrix.copyOf(weights).data().toArray(ValueLayout.JAVA_FLOAT);
    double zeros = 0;
    for (float cell : pattern) {
      zeros += cell == 0 ? 1 : 0;
    }
    int rows = weights.rows();
    int columns = weights.columns();
    return new MatrixSource(
        file.getFileName().toString(),
        run -> filled(rows, columns, pattern, run),
        List.of(zeros / size));
  }

  private static DenseMatrix filled(int rows, int columns, float[] pattern, int seed) {
    float[] values = Gaussian.values(pattern.length, seed);
    for (int i = 0; i < values.length; i++) {
      values[i] *= pattern[i];
    }
    return DenseMatrix.of(rows, columns, values);
  }
}
