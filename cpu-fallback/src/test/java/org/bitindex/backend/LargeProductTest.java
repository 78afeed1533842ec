package org.bitindex.backend;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import org.bitindex.backend.vector.VectorBackend;
import org.bitindex.code.Code;
import org.bitindex.layout.Layout;
import org.bitindex.matrix.EncodedMatrix;
import org.bitindex.matrix.PlaneBuilder;
import org.bitindex.matrix.RowValues;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Sizes at which products of two ints overflow, with sums that are known. They take gigabytes, so
 * only {@code -Dbie.large=true} runs them; {@code bie.large.columns} is the number of columns, 2^26
 * unless given.
 */
@EnabledIfSystemProperty(named = "bie.large", matches = "true")
class LargeProductTest {
  private static final int COLUMNS = Integer.getInteger("bie.large.columns", 1 << 26);
  private static final int ROWS = 33_554_432;
  private static final int FEW_COLUMNS = 64;

  /** A bound of the work space beside the samples: an int and tables of sums for each column. */
  private static final long COLUMN_BYTES = 16;

  @ParameterizedTest
  @ValueSource(ints = {24, 8})
  void manyColumnsAddUpExactly(int activationBits) {
    try (Arena arena = Arena.ofConfined();
        var backend = new VectorBackend(1, 256);
        EncodedMatrix weights = RandomProducts.ones(1, COLUMNS, new Code.Binary(0f));
        Plan plan = backend.plan(List.of(Linear.of(weights)), activationBits)) {
      MemorySegment input = arena.allocate((long) COLUMNS * Float.BYTES);
      long sum = 0;
      for (int j = 0; j < COLUMNS; j++) {
        int x = j % 3 == 0 ? 2 : j % 5 == 0 ? -1 : 1;
        input.setAtIndex(ValueLayout.JAVA_FLOAT, j, x);
        sum += x;
      }
      MemorySegment output = arena.allocate(Float.BYTES);
      long before = plan.preparedBytes();
      plan.execute(input, 1, output);
      assertThat(output.get(ValueLayout.JAVA_FLOAT, 0)).isEqualTo((float) sum);
      long after = plan.preparedBytes();
      System.out.printf(
          "1 x %,d, %d activation bits: %,d MB before the first product, %,d MB after (%.1f bytes a"
              + " column)%n",
          COLUMNS, activationBits, before >> 20, after >> 20, (double) after / COLUMNS);
      assertThat(after).isLessThan(COLUMN_BYTES * COLUMNS);
    }
  }

  /** Row i has a one in column i % 64: output i is input i % 64. */
  @Test
  void manyRowsOfSegmentsKeepTheirPlaces() {
    try (Arena arena = Arena.ofConfined();
        var backend = new VectorBackend(1, 256)) {
      EncodedMatrix weights;
      try (var planes = new PlaneBuilder(new Code.Binary(0f), ROWS, FEW_COLUMNS)) {
        long[] words = new long[1];
        for (int i = 0; i < ROWS; i++) {
          words[0] = 1L << i;
          planes.planes().getFirst().writeRow(i, words);
        }
        weights = planes.buildIn(arena, new Layout.Flat(), RowValues.of(arena, 1), null);
      }
      int batch = 2;
      float[] samples = new float[batch * FEW_COLUMNS];
      for (int j = 0; j < samples.length; j++) {
        samples[j] = j + 1;
      }
      MemorySegment input = arena.allocateFrom(ValueLayout.JAVA_FLOAT, samples);
      MemorySegment output = arena.allocate((long) batch * ROWS * Float.BYTES);
      try (Plan plan = backend.plan(List.of(Linear.of(weights)), 24)) {
        plan.execute(input, batch, output);
        System.out.printf(
            "%,d x %d, batch %d: %,d MB prepared%n",
            ROWS, FEW_COLUMNS, batch, plan.preparedBytes() >> 20);
      }
      float[] outputs = new float[FEW_COLUMNS];
      for (int n = 0; n < batch; n++) {
        float[] expected = Arrays.copyOfRange(samples, n * FEW_COLUMNS, (n + 1) * FEW_COLUMNS);
        for (int i = 0; i < ROWS; i += FEW_COLUMNS) {
          long at = ((long) n * ROWS + i) * Float.BYTES;
          MemorySegment.copy(output, ValueLayout.JAVA_FLOAT, at, outputs, 0, FEW_COLUMNS);
          assertThat(Arrays.equals(outputs, expected)).as("sample %d, row %d", n, i).isTrue();
        }
      }
    }
  }
}
