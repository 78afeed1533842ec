package org.bitindex.spark;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.StringJoiner;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.util.LongAccumulator;
import org.bitindex.cli.SparkOptions.BadRows;
import org.jspecify.annotations.Nullable;

/**
 * Turns the rows of a partition, keys and features, into keys and outputs, a mini-batch at a time.
 */
final class RowInference implements FlatMapFunction<Iterator<Row>, Row> {
  private static final long serialVersionUID = 1;

  /** Samples of a mini-batch; outputs do not depend on it. */
  private static final int BATCH = 256;

  /** Characters of a key that a message shows. */
  private static final int SHOWN_KEY = 100;

  private final ExecutorNetwork network;
  private final String[] keys;
  private final BadRows onBadRow;
  private final LongAccumulator rows;
  private final LongAccumulator badRows;

  /**
   * A step of a job.
   *
   * @param keys names of all columns but the last, which holds the features
   * @param rows counts the rows
   * @param badRows counts those without outputs
   */
  RowInference(
      ExecutorNetwork network,
      String[] keys,
      BadRows onBadRow,
      LongAccumulator rows,
      LongAccumulator badRows) {
    this.network = network;
    this.keys = keys;
    this.onBadRow = onBadRow;
    this.rows = rows;
    this.badRows = badRows;
  }

  /** Rows written so far; the driver's view. */
  long rows() {
    return rows.value();
  }

  /** Rows without outputs so far; the driver's view. */
  long badRows() {
    return badRows.value();
  }

  @Override
  public Iterator<Row> call(Iterator<Row> samples) throws IOException {
    RowNetwork opened = network.get();
    return new Iterator<>() {
      private Iterator<Row> batch = Collections.emptyIterator();

      @Override
      public boolean hasNext() {
        return batch.hasNext() || samples.hasNext();
      }

      @Override
      public Row next() {
        if (!batch.hasNext()) {
          batch = nextBatch(samples, opened).iterator();
        }
        return batch.next();
      }
    };
  }

  private List<Row> nextBatch(Iterator<Row> samples, RowNetwork opened) {
    int columns = opened.inputColumns();
    float[] input = new float[Math.multiplyExact(BATCH, columns)];
    List<Row> batch = new ArrayList<>();
    int[] positions = new int[BATCH];
    int good = 0;
    while (batch.size() < BATCH && samples.hasNext()) {
      Row sample = samples.next();
      String fault = Features.read(sample.get(keys.length), input, good * columns, columns);
      positions[batch.size()] = fault == null ? good++ : -1;
      if (fault != null && onBadRow == BadRows.FAIL) {
        throw new BadRowException(describe(sample) + ": " + fault);
      }
      batch.add(sample);
    }
    rows.add(batch.size());
    badRows.add(batch.size() - good);
    float[] outputs = good == 0 ? new float[0] : opened.apply(Arrays.copyOf(input, good * columns));
    int outputColumns = outputs.length / Math.max(1, good);
    for (int n = 0; n < batch.size(); n++) {
      int start = positions[n] * outputColumns;
      float[] own =
          positions[n] < 0 ? null : Arrays.copyOfRange(outputs, start, start + outputColumns);
      batch.set(n, withOutputs(batch.get(n), own));
    }
    return batch;
  }

  private Row withOutputs(Row sample, float @Nullable [] outputs) {
    @Nullable Object[] values = new @Nullable Object[keys.length + 1];
    for (int i = 0; i < keys.length; i++) {
      values[i] = sample.get(i);
    }
    values[keys.length] = outputs;
    return RowFactory.create(values);
  }

  private String describe(Row sample) {
    var text = new StringJoiner(", ", "row ", "");
    for (int i = 0; i < keys.length; i++) {
      String value = String.valueOf(sample.get(i));
      text.add(
          keys[i]
              + "="
              + (value.length() > SHOWN_KEY ? value.substring(0, SHOWN_KEY) + "..." : value));
    }
    return keys.length == 0 ? "a row (the table has no key columns)" : text.toString();
  }
}
