package org.bitindex;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.bitindex.backend.Backend;
import org.bitindex.backend.Backends;
import org.bitindex.backend.Plan;
import org.bitindex.code.Code;
import org.bitindex.encode.Coding;
import org.bitindex.encode.Recipe;
import org.bitindex.encode.ReconstructionError;
import org.bitindex.io.IfExists;
import org.bitindex.io.ModelWriter;
import org.bitindex.matrix.DenseMatrix;
import org.bitindex.matrix.EncodedMatrix;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class BitIndexMatrixTest {
  private static final int ROWS = 37;
  private static final int COLUMNS = 130;
  private static final int OFFSET = 3;
  private static final int STRIDE = COLUMNS + 5;

  private static final float[] DENSE = gaussian(ROWS * COLUMNS);

  @TempDir private Path folder;

  private static float[] gaussian(int count) {
    Random random = new Random(count);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = random.nextInt(3) == 0 ? 0 : (float) random.nextGaussian();
    }
    return values;
  }

  /** The dense weights, spread out: NaN wherever nothing may be read. */
  private static float[] spread() {
    float[] spread = new float[OFFSET + (ROWS - 1) * STRIDE + COLUMNS];
    Arrays.fill(spread, Float.NaN);
    for (int i = 0; i < ROWS; i++) {
      System.arraycopy(DENSE, i * COLUMNS, spread, OFFSET + i * STRIDE, COLUMNS);
    }
    return spread;
  }

  private static ByteBuffer bytes(ByteOrder order, boolean direct, int padding) {
    int size = padding + spread().length * Float.BYTES;
    ByteBuffer buffer = direct ? ByteBuffer.allocateDirect(size) : ByteBuffer.allocate(size);
    buffer.order(order).position(padding);
    buffer.asFloatBuffer().put(spread());
    return buffer;
  }

  private static FloatBuffer floats(ByteOrder order, boolean direct) {
    return bytes(order, direct, 0).asFloatBuffer();
  }

  private static MatrixBuilder csr() {
    int[] offsets = new int[ROWS + 1];
    int[] columns = IntStream.range(0, DENSE.length).filter(i -> DENSE[i] != 0).toArray();
    float[] values = new float[columns.length];
    for (int e = 0; e < columns.length; e++) {
      values[e] = DENSE[columns[e]];
      offsets[columns[e] / COLUMNS + 1] = e + 1;
      columns[e] %= COLUMNS;
    }
    return BitIndexMatrix.ofCsr(ROWS, COLUMNS, offsets, columns, values);
  }

  static Stream<MatrixBuilder> sources() {
    ByteOrder big = ByteOrder.BIG_ENDIAN;
    ByteOrder little = ByteOrder.LITTLE_ENDIAN;
    FloatBuffer moved = FloatBuffer.wrap(spread()).position(OFFSET);
    ByteBuffer readOnly = bytes(big, true, 1).asReadOnlyBuffer().order(big);
    MemorySegment segment = MemorySegment.ofBuffer(bytes(big, true, 0));
    return Stream.of(
        BitIndexMatrix.of(ROWS, COLUMNS, spread(), OFFSET, STRIDE),
        BitIndexMatrix.of(ROWS, COLUMNS, FloatBuffer.wrap(spread()), OFFSET, STRIDE),
        BitIndexMatrix.of(ROWS, COLUMNS, moved, 0, STRIDE),
        BitIndexMatrix.of(ROWS, COLUMNS, floats(big, true), OFFSET, STRIDE),
        BitIndexMatrix.of(ROWS, COLUMNS, floats(big, false), OFFSET, STRIDE),
        BitIndexMatrix.of(ROWS, COLUMNS, floats(little, true), OFFSET, STRIDE),
        BitIndexMatrix.of(ROWS, COLUMNS, bytes(big, true, 0), OFFSET, STRIDE),
        BitIndexMatrix.of(ROWS, COLUMNS, bytes(little, false, 2), OFFSET, STRIDE),
        BitIndexMatrix.of(ROWS, COLUMNS, readOnly, OFFSET, STRIDE),
        BitIndexMatrix.of(ROWS, COLUMNS, segment, big, OFFSET, STRIDE),
        BitIndexMatrix.of(DenseMatrix.of(ROWS, COLUMNS, DENSE)),
        csr());
  }

  @ParameterizedTest
  @MethodSource("sources")
  void everySourceGivesTheSameMatrix(MatrixBuilder source) {
    try (BitIndexMatrix expected = BitIndexMatrix.of(ROWS, COLUMNS, DENSE).prune(0.5).encode();
        BitIndexMatrix actual = source.prune(0.5).encode()) {
      float[] x = gaussian(4 * COLUMNS);
      assertThat(actual.multiply(x)).isEqualTo(expected.multiply(x));
    }
  }

  @Test
  void multipliesAsAPlanOfTheSameRecipe() {
    DenseMatrix dense = DenseMatrix.of(ROWS, COLUMNS, DENSE);
    Recipe recipe = new Recipe(new Coding.LeastSquares(new Code.Symmetric(3)));
    float[] x = gaussian(5 * COLUMNS);
    float[] expected = new float[5 * ROWS];
    try (EncodedMatrix encoded = recipe.encode(dense);
        Backend backend = Backends.open("scalar", 1);
        Plan plan = backend.plan(encoded)) {
      plan.execute(x, 5, expected);
    }
    float[] into = new float[5 * ROWS];
    try (BitIndexMatrix matrix = BitIndexMatrix.of(ROWS, COLUMNS, DENSE).bits(3).encode();
        BitIndexMatrix same = BitIndexMatrix.of(dense).encode(recipe);
        Arena arena = Arena.ofConfined()) {
      assertThat(matrix.multiply(x)).isEqualTo(expected);
      assertThat(same.multiply(x)).isEqualTo(expected);
      matrix.multiply(x, 5, into);
      assertThat(into).isEqualTo(expected);
      MemorySegment in = arena.allocateFrom(ValueLayout.JAVA_FLOAT, x);
      MemorySegment out = arena.allocate(ValueLayout.JAVA_FLOAT, expected.length);
      matrix.multiply(in, 5, out);
      assertThat(out.toArray(ValueLayout.JAVA_FLOAT)).isEqualTo(expected);
      assertThat(matrix.rows()).isEqualTo(ROWS);
      assertThat(matrix.columns()).isEqualTo(COLUMNS);
      assertThat(matrix.bytes()).isEqualTo(matrix.encoded().bytes());
    }
  }

  @Test
  void goalsAreReached() {
    DenseMatrix dense = DenseMatrix.of(ROWS, COLUMNS, DENSE);
    try (BitIndexMatrix small = BitIndexMatrix.of(dense).bitsPerWeight(3).encode();
        BitIndexMatrix close = BitIndexMatrix.of(dense).bits(2).maxError(0.05).encode();
        BitIndexMatrix clear = BitIndexMatrix.of(dense).minSqnr(20).encode();
        BitIndexMatrix last = BitIndexMatrix.of(dense).minSqnr(20).bits(2).encode()) {
      assertThat(small.bitsPerWeight()).isBetween(2.5, 3.0);
      assertThat(ReconstructionError.of(dense, close.encoded(), 1).relativeError())
          .isBetween(0.03, 0.05);
      assertThat(ReconstructionError.of(dense, clear.encoded(), 1).relativeError())
          .isBetween(0.05, 0.1);
      assertThat(last.encoded().code()).isEqualTo(new Code.Symmetric(2));
    }
  }

  @Test
  void savedIsOpenedWithTheSameBits() throws Exception {
    Path file = folder.resolve("w.bie.safetensors");
    Files.writeString(file, "in the way");
    float[] x = gaussian(COLUMNS);
    try (BitIndexMatrix matrix = BitIndexMatrix.of(ROWS, COLUMNS, DENSE).encode()) {
      matrix.save(file);
      try (BitIndexMatrix opened = BitIndexMatrix.open(file);
          BitIndexMatrix named = BitIndexMatrix.open(file, "weights")) {
        assertThat(opened.multiply(x)).isEqualTo(matrix.multiply(x));
        opened.save(file); // onto the file that it is mapped from
        assertThat(named.multiply(x)).isEqualTo(matrix.multiply(x));
        assertThat(opened.multiply(x)).isEqualTo(matrix.multiply(x));
      }
    }
  }

  @Test
  void filesThatAreNoneAreRefused() throws Exception {
    Path file = folder.resolve("w.bie.safetensors");
    try (BitIndexMatrix matrix = BitIndexMatrix.of(ROWS, COLUMNS, DENSE).encode()) {
      new ModelWriter()
          .add("a", matrix.encoded())
          .add("b", matrix.encoded())
          .write(file, IfExists.REFUSE);
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> BitIndexMatrix.open(file))
        .withMessageContaining("has 2 matrices, so one must be named: [a, b]");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> BitIndexMatrix.open(file, "c"))
        .withMessageContaining("c");
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length - 1] ^= 1;
    Files.write(file, bytes);
    assertThatExceptionOfType(EncodedFormatException.class)
        .isThrownBy(() -> BitIndexMatrix.open(file, "b"))
        .withMessageContaining("checksum");
  }

  @Test
  void emptyMatricesMultiply() {
    try (BitIndexMatrix noRows = BitIndexMatrix.of(0, 3).encode();
        BitIndexMatrix noColumns = BitIndexMatrix.of(2, 0).encode()) {
      assertThat(noRows.multiply(1, 2, 3)).isEmpty();
      assertThat(noRows.multiply()).isEmpty();
      float[] output = {9, 9};
      noColumns.multiply(new float[0], 1, output);
      assertThat(output).containsExactly(0, 0);
      assertThatIllegalArgumentException()
          .isThrownBy(() -> noColumns.multiply())
          .withMessage("input has 0 floats, which are not samples of 0 columns");
    }
  }

  static Map<String, Runnable> hostile() {
    float[] six = {1, 2, 3, 4, 5, 6};
    int max = Integer.MAX_VALUE;
    ByteOrder order = ByteOrder.nativeOrder();
    MemorySegment data = MemorySegment.ofArray(six);
    return Map.ofEntries(
        Map.entry("got 6 weights, a 2 x 2", () -> BitIndexMatrix.of(2, 2, six)),
        Map.entry("got 6 weights, a 2147483647", () -> BitIndexMatrix.of(max, max, six)),
        Map.entry("shape -2 x -3 is negative", () -> BitIndexMatrix.of(-2, -3, six)),
        Map.entry("shape -2 x 3 is negative", () -> BitIndexMatrix.of(-2, 3, six)),
        Map.entry("shape -1 x 2 is negative", () -> BitIndexMatrix.of(-1, 2, six, 0, 2)),
        Map.entry("offset is -1", () -> BitIndexMatrix.of(1, 2, six, -1, 2)),
        Map.entry("stride is 1", () -> BitIndexMatrix.of(2, 2, six, 0, 1)),
        Map.entry("data has 6 floats", () -> BitIndexMatrix.of(2, 3, six, 1, 3)),
        Map.entry("at offset 7", () -> BitIndexMatrix.of(1, 1, six, 7, 1)),
        Map.entry(
            "stride 9223372036854775807",
            () -> BitIndexMatrix.of(3, 2, data, order, 0, Long.MAX_VALUE)),
        Map.entry(
            "at offset 9223372036854775807",
            () -> BitIndexMatrix.of(3, 2, data, order, Long.MAX_VALUE, 2)),
        Map.entry("for 4 rows", () -> BitIndexMatrix.of(4, 2, data, order, 0, 2)),
        Map.entry("1 column indices and 2", () -> csr(1, new int[] {0, 1}, new int[1], 2)),
        Map.entry("there are 0 row offsets", () -> csr(1, new int[] {}, new int[1], 1)),
        Map.entry("there are 3 row offsets", () -> csr(1, new int[] {0, 1, 1}, new int[1], 1)),
        Map.entry("run from 1 to 1", () -> csr(1, new int[] {1, 1}, new int[1], 1)),
        Map.entry("run from 0 to 2", () -> csr(1, new int[] {0, 2}, new int[1], 1)),
        Map.entry("fall from 9 to 1 at row 1", () -> csr(2, new int[] {0, 9, 1}, new int[1], 1)),
        Map.entry("index 2 after -1", () -> csr(1, new int[] {0, 1}, new int[] {2}, 1)),
        Map.entry("index -1 after -1", () -> csr(1, new int[] {0, 1}, new int[] {-1}, 1)),
        Map.entry("index 1 after 1", () -> csr(1, new int[] {0, 2}, new int[] {1, 1}, 2)),
        Map.entry("share to prune is NaN", () -> BitIndexMatrix.of(2, 3, six).prune(Double.NaN)),
        Map.entry("share to prune is 1.1", () -> BitIndexMatrix.of(2, 3, six).prune(1.1)),
        Map.entry("bits is 9", () -> BitIndexMatrix.of(2, 3, six).bits(9)),
        Map.entry("bits a weight is 0.0", () -> BitIndexMatrix.of(2, 3, six).bitsPerWeight(0)),
        Map.entry("relative error is NaN", () -> BitIndexMatrix.of(2, 3, six).maxError(Double.NaN)),
        Map.entry("SQNR is NaN dB", () -> BitIndexMatrix.of(2, 3, six).minSqnr(Double.NaN)),
        Map.entry("SQNR is 7000.0 dB, a relative error of 0.0", () -> minSqnr(7000)),
        Map.entry("SQNR is -7000.0 dB, a relative error of Infinity", () -> minSqnr(-7000)),
        Map.entry("row 0, column 1", () -> BitIndexMatrix.of(1, 2, 1, Float.NaN).encode().close()),
        Map.entry(
            "input has 4 floats, which are not samples of 3 columns",
            () -> {
              try (BitIndexMatrix matrix = BitIndexMatrix.of(2, 3, six).encode()) {
                matrix.multiply(1, 2, 3, 4);
              }
            }));
  }

  private static void csr(int rows, int[] offsets, int[] columns, int values) {
    BitIndexMatrix.ofCsr(rows, 2, offsets, columns, new float[values]);
  }

  private static void minSqnr(double decibels) {
    BitIndexMatrix.of(1, 2, 1, 2).minSqnr(decibels);
  }

  static Stream<String> messages() {
    return hostile().keySet().stream().sorted();
  }

  @ParameterizedTest
  @MethodSource("messages")
  void hostileInputIsRefused(String message) {
    assertThatIllegalArgumentException()
        .isThrownBy(Objects.requireNonNull(hostile().get(message))::run)
        .withMessageContaining(message);
  }

  /** Large enough for several threads, none of which but this one may touch the segments. */
  @Test
  void segmentsOfAConfinedArenaServe() {
    int rows = 300;
    int columns = 700;
    int batch = 150;
    float[] weights = gaussian(rows * columns);
    float[] x = gaussian(batch * columns);
    Recipe recipe = new Recipe(new Coding.LeastSquares(new Code.Symmetric(4))).withThreads(4);
    try (Arena arena = Arena.ofConfined();
        BitIndexMatrix expected = BitIndexMatrix.of(rows, columns, weights).prune(0.5).encode();
        BitIndexMatrix encoded = confined(arena, weights, rows, columns).prune(0.5).encode();
        BitIndexMatrix same = confined(arena, weights, rows, columns).encode(recipe);
        BitIndexMatrix goal = confined(arena, weights, rows, columns).minSqnr(10).encode()) {
      assertThat(goal.rows()).isEqualTo(same.rows()).isEqualTo(rows);
      float[] y = expected.multiply(x);
      assertThat(encoded.multiply(x)).isEqualTo(y);
      MemorySegment output = arena.allocate(ValueLayout.JAVA_FLOAT, y.length);
      encoded.multiply(arena.allocateFrom(ValueLayout.JAVA_FLOAT, x), batch, output);
      assertThat(output.toArray(ValueLayout.JAVA_FLOAT)).isEqualTo(y);
    }
  }

  private static MatrixBuilder confined(Arena arena, float[] weights, int rows, int columns) {
    MemorySegment data = arena.allocateFrom(ValueLayout.JAVA_FLOAT, weights);
    return BitIndexMatrix.of(rows, columns, data, ByteOrder.nativeOrder(), 0, columns);
  }

  @Test
  void outputsMustBeWritable() {
    MemorySegment x = MemorySegment.ofArray(new float[] {1, 2});
    try (BitIndexMatrix matrix = BitIndexMatrix.of(2, 2, 1, 2, 3, 4).encode()) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> matrix.multiply(x, 1, MemorySegment.ofArray(new float[2]).asReadOnly()))
          .withMessage("output is read-only");
    }
  }

  @Test
  void closedMatrixRefusesCalls() {
    BitIndexMatrix matrix = BitIndexMatrix.of(1, 2, 1, 2).encode();
    assertThat(matrix.multiply(1, 1)).hasSize(1);
    matrix.close();
    matrix.close();
    assertThatIllegalStateException().isThrownBy(() -> matrix.multiply(1, 1));
    assertThatIllegalStateException().isThrownBy(() -> matrix.save(folder.resolve("x")));
    assertThatIllegalStateException().isThrownBy(() -> matrix.encoded().requireOpen());
  }

  /** Every call ends in the right product or in the refusal of a closed matrix. */
  @Test
  void closingWaitsForCallsInFlight() throws Exception {
    float[] x = gaussian(COLUMNS);
    for (int round = 0; round < 20; round++) {
      BitIndexMatrix matrix = BitIndexMatrix.of(ROWS, COLUMNS, DENSE).encode();
      float[] expected = matrix.multiply(x);
      AtomicInteger wrong = new AtomicInteger();
      CountDownLatch running = new CountDownLatch(3);
      Runnable calls =
          () -> {
            try {
              for (int i = 0; ; i++) {
                if (!Arrays.equals(matrix.multiply(x), expected)) {
                  wrong.incrementAndGet();
                }
                if (i == 1) {
                  running.countDown();
                }
              }
            } catch (IllegalStateException e) {
              if (!"the matrix is closed".equals(e.getMessage())) {
                wrong.incrementAndGet();
              }
            }
          };
      Thread[] threads =
          Stream.generate(() -> Thread.ofPlatform().start(calls)).limit(3).toArray(Thread[]::new);
      running.await();
      matrix.close();
      for (Thread thread : threads) {
        thread.join();
      }
      assertThat(wrong).hasValue(0);
    }
  }

  @Test
  void forgottenMatrixIsReleased() throws Exception {
    MemorySegment scales = forgotten();
    for (int i = 0; i < 200 && scales.scope().isAlive(); i++) {
      System.gc();
      Thread.sleep(10);
    }
    assertThat(scales.scope().isAlive()).isFalse();
  }

  private static MemorySegment forgotten() {
    BitIndexMatrix matrix = BitIndexMatrix.of(1, 2, 1, 2).encode();
    matrix.multiply(1, 1);
    return matrix.encoded().scales().data();
  }
}
