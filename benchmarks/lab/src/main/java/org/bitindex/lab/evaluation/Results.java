package org.bitindex.lab.evaluation;

import java.util.List;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import org.bitindex.lab.statistics.Summary;

/**
 * All that an evaluation measured.
 *
 * @param storage one row for each matrix, run, method and layout
 * @param products one row for each matrix, run, method, kernel, activation bits and batch
 * @param precision one row for each matrix that is not pruned, run, method, bits and batch
 */
public record Results(
    List<StorageRecord> storage, List<ProductRecord> products, List<PrecisionRecord> precision) {
  public Results {
    storage = List.copyOf(storage);
    products = List.copyOf(products);
    precision = List.copyOf(precision);
  }

  /** The rows of matrices that {@code wanted} accepts. */
  public Results of(Predicate<TestMatrix.Key> wanted) {
    return new Results(
        storage.stream().filter(row -> wanted.test(row.key())).toList(),
        products.stream().filter(row -> wanted.test(row.key())).toList(),
        precision.stream().filter(row -> wanted.test(row.key())).toList());
  }

  /** The rows of the paper's matrices. */
  public Results gaussian() {
    return of(key -> key.source().equals(MatrixSource.GAUSSIAN));
  }

  /** The configurations, in the order in which they were measured. */
  public List<TestMatrix.Key> keys() {
    return storage.stream().map(StorageRecord::key).distinct().toList();
  }

  /** The sparsities, ascending. */
  public List<Double> sparsities() {
    return keys().stream().map(TestMatrix.Key::sparsity).distinct().sorted().toList();
  }

  /** The batches, ascending. */
  public List<Integer> batches() {
    return products.stream().map(ProductRecord::batch).distinct().sorted().toList();
  }

  /** The rows of one method in one layout. */
  public List<StorageRecord> storage(String method, String layout) {
    return storage.stream()
        .filter(row -> row.method().equals(method) && row.layout().equals(layout))
        .toList();
  }

  /** The rows of the baselines. */
  public List<StorageRecord> baselines() {
    return storage.stream().filter(row -> row.layout().equals(StorageRecord.BASELINE)).toList();
  }

  /** The products of one method at one batch. */
  public List<ProductRecord> products(String method, String kernel, int activationBits, int batch) {
    return products.stream()
        .filter(row -> row.method().equals(method) && row.kernel().equals(kernel))
        .filter(row -> row.activationBits() == activationBits && row.batch() == batch)
        .toList();
  }

  /** The products with some bits of one method at one batch. */
  public List<PrecisionRecord> precision(String method, int batch) {
    return precision.stream()
        .filter(row -> row.method().equals(method) && row.batch() == batch)
        .toList();
  }

  /** One figure of some rows, in their order. */
  public static <T> double[] values(List<T> rows, ToDoubleFunction<T> figure) {
    return rows.stream().mapToDouble(figure).toArray();
  }

  /** One figure of some rows, summarised. */
  public static <T> Summary summary(List<T> rows, ToDoubleFunction<T> figure) {
    return Summary.of(values(rows, figure));
  }
}
