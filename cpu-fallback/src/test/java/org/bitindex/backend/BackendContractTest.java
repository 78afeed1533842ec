package org.bitindex.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.junit.jupiter.api.Assertions.fail;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.bitindex.backend.scalar.ScalarBackend;
import org.bitindex.code.Code;
import org.bitindex.layout.Layout;
import org.bitindex.matrix.EncodedMatrix;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;

/**
 * What every backend must hold; a subclass names the backend. Where a plan is dear, as on devices
 * that compile each shape, it also names fewer {@link #shapes}, {@link #codes} and {@link
 * #activationBits}.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class BackendContractTest {
  private static final int[] SIZES = {
    1, 2, 3, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 65, 127, 255, 256, 257, 1021, 4098
  };
  private static final int[] BATCHES = {1, 2, 3, 8, 17, 64};
  private static final List<Layout> LAYOUTS =
      List.of(new Layout.Adaptive(), new Layout.Blocked(64), new Layout.Flat());
  private static final int MAX_BITS = Arithmetic.MAX_ACTIVATION_BITS;

  /** Rows and columns of the fixture: odd, and more than two words. */
  private static final int ROWS = 33;

  private static final int COLUMNS = 257;

  private Backend backend;
  private EncodedMatrix weights;
  private Plan plan;

  /** Opens the backend under test; one without threads of its own ignores {@code threads}. */
  protected abstract Backend open(int threads);

  /** Rows and columns of a matrix. */
  public record Shape(int rows, int columns) {}

  /** Every hostile size as rows and as columns, empty matrices, and larger ones. */
  protected List<Shape> shapes() {
    List<Shape> shapes =
        new ArrayList<>(
            List.of(new Shape(0, 7), new Shape(7, 0), new Shape(257, 1021), new Shape(1021, 256)));
    for (int i = 0; i < SIZES.length; i++) {
      shapes.add(new Shape(SIZES[i], SIZES[SIZES.length - 1 - i]));
      shapes.add(new Shape(SIZES[i], SIZES[(i + SIZES.length / 2) % SIZES.length]));
    }
    return shapes;
  }

  /** The codes that are multiplied in every layout. */
  protected List<Code> codes() {
    List<Code> codes = new ArrayList<>(List.of(new Code.Binary(0f), new Code.Ternary(0f, 0f)));
    IntStream.rangeClosed(1, 8).mapToObj(Code.Affine::new).forEach(codes::add);
    IntStream.rangeClosed(2, 8).mapToObj(Code.Symmetric::new).forEach(codes::add);
    return codes;
  }

  /** The limits of activation bits that are tried. */
  protected int[] activationBits() {
    return IntStream.rangeClosed(Arithmetic.MIN_ACTIVATION_BITS, MAX_BITS).toArray();
  }

  @BeforeAll
  void openFixture() {
    backend = open(2);
    weights = fixture(new Code.Symmetric(3));
    plan = backend.plan(weights);
  }

  @AfterAll
  void closeFixture() {
    plan.close();
    weights.close();
    backend.close();
  }

  private static EncodedMatrix fixture(Code code) {
    return RandomProducts.weights(new Random(1), ROWS, COLUMNS, code, new Layout.Adaptive());
  }

  @TestFactory
  Stream<DynamicTest> productsOfEveryShapeEqualTheReferenceInEveryBit() {
    List<Shape> shapes = shapes();
    return IntStream.range(0, shapes.size())
        .mapToObj(
            i -> DynamicTest.dynamicTest(shapes.get(i).toString(), () -> check(i, shapes.get(i))));
  }

  /** One shape under each family of codes, with a number of bits that changes with the seed. */
  private void check(int seed, Shape shape) {
    for (Code code :
        List.of(
            new Code.Binary(0f),
            new Code.Ternary(0f, 0f),
            new Code.Affine(1 + seed % 8),
            new Code.Symmetric(2 + seed % 7))) {
      check(seed, shape, code, LAYOUTS.get(seed % LAYOUTS.size()), MAX_BITS, BATCHES);
    }
  }

  @TestFactory
  Stream<DynamicTest> everyCodeInEveryLayoutEqualsTheReference() {
    var shape = new Shape(ROWS, COLUMNS);
    return codes().stream()
        .flatMap(code -> LAYOUTS.stream().map(layout -> codeInLayout(shape, code, layout)));
  }

  private DynamicTest codeInLayout(Shape shape, Code code, Layout layout) {
    return DynamicTest.dynamicTest(
        code + " " + layout, () -> check(code.hashCode(), shape, code, layout, MAX_BITS, 5, 16));
  }

  @Test
  void everyNumberOfActivationBitsEqualsTheReference() {
    for (int bits : activationBits()) {
      var shape = new Shape(ROWS, COLUMNS);
      check(bits, shape, new Code.Symmetric(3), new Layout.Adaptive(), bits, 3, 26);
    }
  }

  @Test
  void fewerBitsOfOneMatrixEqualTheReference() {
    var random = new Random(11);
    for (Code code : List.of(new Code.Affine(8), new Code.Symmetric(8))) {
      try (EncodedMatrix matrix =
          RandomProducts.weights(random, ROWS, COLUMNS, code, new Layout.Adaptive())) {
        for (int bits : new int[] {2, 5}) {
          check(code + " with " + bits + " bits", random, matrix.withBits(bits), MAX_BITS, 5, 16);
        }
      }
    }
  }

  private void check(
      int seed, Shape shape, Code code, Layout layout, int activationBits, int... batches) {
    var random = new Random(seed);
    try (EncodedMatrix matrix =
        RandomProducts.weights(random, shape.rows(), shape.columns(), code, layout)) {
      check("seed " + seed + ", " + matrix, random, matrix, activationBits, batches);
    }
  }

  private void check(
      String what, Random random, EncodedMatrix matrix, int activationBits, int... batches) {
    List<Linear> layers = List.of(Linear.of(matrix));
    try (Plan reference = new ScalarBackend().plan(layers, activationBits);
        Plan tested = backend.plan(layers, activationBits)) {
      for (int batch : batches) {
        float[] input = RandomProducts.samples(random, batch, matrix.columns());
        requireEqual(
            "%s, batch %d, activation bits %d".formatted(what, batch, activationBits),
            execute(tested, input, batch),
            execute(reference, input, batch));
      }
    }
  }

  @Test
  @SuppressWarnings(
      "NullAway") // it does not see the annotation of a record's array in a class file
  void chainsWithBiasAndReluEqualTheReference() {
    var random = new Random(5);
    int[] sizes = {65, ROWS, 17, 9};
    List<Linear> layers = new ArrayList<>();
    for (int i = 1; i < sizes.length; i++) {
      EncodedMatrix matrix =
          RandomProducts.weights(
              random, sizes[i], sizes[i - 1], new Code.Symmetric(4), new Layout.Adaptive());
      Activation activation = i == 3 ? Activation.NONE : Activation.RELU;
      layers.add(
          i == 2
              ? new Linear(matrix, null, activation)
              : new Linear(matrix, bias(random, sizes[i]), activation));
    }
    for (int depth = 1; depth <= layers.size(); depth++) {
      try (Plan reference = new ScalarBackend().plan(layers.subList(0, depth), MAX_BITS);
          Plan tested = backend.plan(layers.subList(0, depth), MAX_BITS)) {
        float[] input = RandomProducts.samples(random, 26, sizes[0]);
        requireEqual(
            "chain of " + depth, execute(tested, input, 26), execute(reference, input, 26));
      }
    }
    layers.forEach(layer -> layer.weights().close());
  }

  private static float[] bias(Random random, int rows) {
    float[] bias = new float[rows];
    for (int i = 0; i < rows; i++) {
      bias[i] = i % 4 == 0 ? -0f : (float) random.nextGaussian();
    }
    return bias;
  }

  @Test
  void resultsDoNotDependOnTheThreadCount() {
    float[] input = RandomProducts.samples(new Random(2), 19, COLUMNS);
    float[] expected = execute(plan, input, 19);
    for (int threads : new int[] {1, 3, 8}) {
      try (Backend other = open(threads);
          Plan tested = other.plan(weights)) {
        requireEqual(threads + " threads", execute(tested, input, 19), expected);
      }
    }
  }

  /**
   * Products that are worth the while of several threads, each of which takes parts of the rows.
   */
  @Test
  void largeProductsGiveTheSameBitsOnEveryNumberOfThreads() {
    Shape shape = largeShape();
    var random = new Random(12);
    for (Code code : List.of(new Code.Binary(0f), new Code.Symmetric(4))) {
      try (EncodedMatrix matrix =
              RandomProducts.weights(
                  random, shape.rows(), shape.columns(), code, new Layout.Adaptive());
          Plan reference = new ScalarBackend().plan(matrix)) {
        for (int batch : new int[] {1, 33}) {
          float[] input = RandomProducts.samples(random, batch, shape.columns());
          float[] expected = execute(reference, input, batch);
          for (int threads : new int[] {1, 2, 3}) {
            try (Backend other = open(threads);
                Plan tested = other.plan(matrix)) {
              requireEqual(
                  "%s, batch %d, %d threads".formatted(code, batch, threads),
                  execute(tested, input, batch),
                  expected);
            }
          }
        }
      }
    }
  }

  /** Large enough that threads share a product. */
  protected Shape largeShape() {
    return new Shape(3000, 1000);
  }

  @Test
  void resultsDoNotDependOnHowSamplesAreSplitIntoBatches() {
    float[] input = RandomProducts.samples(new Random(3), 67, COLUMNS);
    float[] expected = execute(plan, input, 67);
    for (int batch : new int[] {1, 4, 16, 31}) {
      float[] actual = new float[67 * ROWS];
      for (int n = 0; n < 67; n += batch) {
        plan.run(input, n * COLUMNS, Math.min(batch, 67 - n), actual, n * ROWS);
      }
      requireEqual("batches of " + batch, actual, expected);
    }
  }

  @Test
  void onePlanServesManyThreads() throws Exception {
    float[] input = RandomProducts.samples(new Random(4), 17, COLUMNS);
    float[] expected = execute(plan, input, 17);
    try (var executor = Executors.newFixedThreadPool(4)) {
      Callable<float[]> product = () -> execute(plan, input, 17);
      for (Future<float[]> result : executor.invokeAll(Collections.nCopies(16, product))) {
        requireEqual("concurrent product", result.get(), expected);
      }
    }
  }

  @Test
  void permutedRowsGivePermutedOutputs() {
    List<Integer> shuffled = new ArrayList<>(IntStream.range(0, ROWS).boxed().toList());
    Collections.shuffle(shuffled, new Random(6));
    int[] order = shuffled.stream().mapToInt(i -> i).toArray();
    float[] input = RandomProducts.samples(new Random(7), 8, COLUMNS);
    float[] outputs = execute(plan, input, 8);
    float[] expected = new float[8 * ROWS];
    for (int i = 0; i < expected.length; i++) {
      expected[i] = outputs[i / ROWS * ROWS + order[i % ROWS]];
    }
    try (Arena arena = Arena.ofShared();
        Plan tested = backend.plan(RandomProducts.permuteRows(weights, order, arena))) {
      requireEqual("permuted rows", execute(tested, input, 8), expected);
    }
  }

  @Test
  void scalingSamplesByAPowerOfTwoScalesOutputsExactly() {
    var random = new Random(8);
    float[] input = new float[8 * COLUMNS];
    for (int i = 0; i < input.length; i++) {
      input[i] = (float) random.nextGaussian();
    }
    for (int bits : new int[] {8, MAX_BITS}) {
      try (Plan tested = backend.plan(List.of(Linear.of(weights)), bits)) {
        float[] once = execute(tested, input, 8);
        for (int exponent : new int[] {-60, -1, 1, 60}) {
          float[] scaled = new float[input.length];
          for (int i = 0; i < input.length; i++) {
            scaled[i] = Math.scalb(input[i], exponent);
          }
          float[] expected = once.clone();
          float[] actual = execute(tested, scaled, 8);
          for (int i = 0; i < expected.length; i++) {
            // Outside the normal range scaling is not exact; one of the weights' scales is tiny.
            expected[i] = isNormal(once[i]) ? Math.scalb(once[i], exponent) : actual[i];
            expected[i] = isNormal(expected[i]) ? expected[i] : actual[i];
          }
          requireEqual(bits + " bits, times 2^" + exponent, actual, expected);
        }
      }
    }
  }

  private static boolean isNormal(float y) {
    return Math.abs(y) >= Float.MIN_NORMAL && Float.isFinite(y);
  }

  /** Columns at which groups end, and sums of full-scale samples reach what int32 holds. */
  protected int[] fullScaleColumns() {
    return new int[] {1, 119, 120, 121, 240, 255, 256, 257, 4096, 65_536, 1 << 20};
  }

  @TestFactory
  Stream<DynamicTest> fullScaleSamplesAgainstRowsOfOnesEqualTheReference() {
    return IntStream.of(fullScaleColumns())
        .mapToObj(k -> DynamicTest.dynamicTest(k + " columns", () -> checkFullScale(k)));
  }

  private void checkFullScale(int columns) {
    int batch = columns > 5000 ? 2 : 19;
    float[] input = new float[batch * columns];
    for (int i = 0; i < input.length; i++) {
      // Integers of all ones; a power of two; what is rounded up to one. Each with signs in turn.
      int sample = i / columns;
      float sign = sample % 3 == 1 || (sample % 3 == 2 && i % 2 == 0) ? -1 : 1;
      float[] magnitudes = {0x1.fffffcp0f, 1f, Math.nextDown(2f)};
      input[i] = sign * magnitudes[(sample + sample / 3) % 3];
    }
    for (Code code : List.of(new Code.Binary(0f), new Code.Ternary(0f, 0f), new Code.Affine(8))) {
      try (EncodedMatrix ones = RandomProducts.ones(3, columns, code)) {
        int[] few = {9, MAX_BITS};
        int[] more = {2, 8, 9, 10, MAX_BITS};
        for (int bits : columns > 5000 ? few : more) {
          try (Plan reference = new ScalarBackend().plan(List.of(Linear.of(ones)), bits);
              Plan tested = backend.plan(List.of(Linear.of(ones)), bits)) {
            float[] expected = execute(reference, input, batch);
            // Sample 1 is all -1: a power of two is exact, whatever the bits.
            float exact = -(float) code.highest() * columns;
            if (batch > 1) {
              assertThat(expected[3]).isEqualTo(exact);
            }
            requireEqual(code + ", " + bits + " bits", execute(tested, input, batch), expected);
            float[] first = Arrays.copyOf(input, columns);
            requireEqual(
                code + ", " + bits + " bits, one sample",
                execute(tested, first, 1),
                Arrays.copyOf(expected, 3));
          }
        }
      }
    }
  }

  /**
   * Integers whose lower 11 bits, upper bits, or both are all ones in half of the columns, of one
   * sign, so that sums of some words of columns nearly fill 16 bits, in many ways.
   */
  @Test
  void samplesWhoseShortSumsNearlyOverflowEqualTheReference() {
    int batch = 20;
    int rows = 33;
    var random = new Random(3);
    for (int columns : new int[] {250, 4001}) {
      float[] input = new float[batch * columns];
      for (int n = 0; n < batch; n++) {
        int ones = new int[] {1023, 1023 << 11, (1 << 22) - 1}[n % 3];
        for (int j = 0; j < columns; j++) {
          // Where a word of 15 columns begins, so that none of the next counts for it.
          boolean zero = n % 4 < 2 && j % 15 == 0;
          int integer = zero ? 0 : random.nextBoolean() ? ones & random.nextInt(1 << 22) : ones;
          input[n * columns + j] = n % 2 == 0 ? integer : -integer;
        }
        input[n * columns + random.nextInt(columns)] = 1 << 22;
      }
      for (Code code : List.of(new Code.Binary(0f), new Code.Affine(8))) {
        try (EncodedMatrix weights = RandomProducts.onesAndZeros(rows, columns, code);
            Plan reference = new ScalarBackend().plan(List.of(Linear.of(weights)), MAX_BITS);
            Plan tested = backend.plan(List.of(Linear.of(weights)), MAX_BITS)) {
          float[] expected = execute(reference, input, batch);
          requireEqual(code.toString(), execute(tested, input, batch), expected);
          for (int n = 0; n < batch; n++) {
            requireEqual(
                code + ", sample " + n,
                execute(tested, Arrays.copyOfRange(input, n * columns, (n + 1) * columns), 1),
                Arrays.copyOfRange(expected, n * rows, (n + 1) * rows));
          }
        }
      }
    }
  }

  @Test
  void powersOfTwoAreExactForEveryNumberOfBits() {
    float[] input = new float[64];
    for (int exponent : new int[] {-149, -126, -20, 0, 1, 100}) {
      Arrays.fill(input, Math.scalb(1f, exponent));
      try (EncodedMatrix ones = RandomProducts.ones(1, 64, new Code.Binary(0f))) {
        for (int bits : activationBits()) {
          try (Plan tested = backend.plan(List.of(Linear.of(ones)), bits)) {
            assertThat(execute(tested, input, 1))
                .as("%d bits, 2^%d", bits, exponent)
                .containsExactly(Math.scalb(64f, exponent));
          }
        }
      }
    }
  }

  @Test
  void outliersBesideSmallInputsEqualTheReference() {
    int columns = 1021;
    try (EncodedMatrix matrix =
        RandomProducts.weights(
            new Random(11), ROWS, columns, new Code.Symmetric(4), new Layout.Adaptive())) {
      float[] input = new float[29 * columns];
      Arrays.fill(input, 0.1f);
      for (int n = 0; n < 29; n++) {
        input[n * columns + 35 * n] = (float) Math.pow(10, 2 + n);
      }
      for (int bits : new int[] {2, 8, 9, MAX_BITS}) {
        try (Plan reference = new ScalarBackend().plan(List.of(Linear.of(matrix)), bits);
            Plan tested = backend.plan(List.of(Linear.of(matrix)), bits)) {
          requireEqual(bits + " bits", execute(tested, input, 29), execute(reference, input, 29));
        }
      }
    }
  }

  @Test
  void aLargeScaleMeetsASmallSampleWithoutOverflow() {
    try (Arena arena = Arena.ofShared()) {
      EncodedMatrix huge = RandomProducts.one(0x1p120f, arena);
      try (Plan tested = backend.plan(huge)) {
        float[] input = {0x1p-149f, 0x1p-100f, 0x1p7f, 0x1p8f};
        requireEqual(
            "2^120 times a sample",
            execute(tested, input, 4),
            new float[] {0x1p-29f, 0x1p20f, 0x1p127f, Float.POSITIVE_INFINITY});
      }
      EncodedMatrix tiny = RandomProducts.one(0x1p-140f, arena);
      try (Plan tested = backend.plan(tiny)) {
        float[] input = {0x1p127f, 3f, 0x1.8p-9f, 0x1.8p-10f};
        requireEqual(
            "2^-140 times a sample",
            execute(tested, input, 4),
            new float[] {0x1p-13f, 0x1.8p-139f, 0x1p-148f, 0x1p-149f});
      }
    }
  }

  @Test
  void aSampleThatIsNotFiniteGivesNaNAndSpoilsNoOther() {
    float[] input = new float[6 * COLUMNS];
    Arrays.fill(input, 1f);
    float[] clean = execute(plan, input, 6);
    float[] bad = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY};
    for (int n = 0; n < bad.length; n++) {
      input[2 * n * COLUMNS + 100 * n] = bad[n];
      Arrays.fill(clean, 2 * n * ROWS, (2 * n + 1) * ROWS, Float.NaN);
    }
    requireEqual("samples 0, 2 and 4 are not finite", execute(plan, input, 6), clean);
  }

  @Test
  void writesTheOutputAndNothingElse() {
    float[] input = RandomProducts.samples(new Random(9), 5, COLUMNS);
    float[] before = input.clone();
    float[] expected = execute(plan, input, 5);
    float[] output = new float[3 + 5 * ROWS + 3];
    Arrays.fill(output, 42f);
    plan.run(input, 0, 5, output, 3);
    requireEqual("input", input, before);
    requireEqual("output", Arrays.copyOfRange(output, 3, 3 + 5 * ROWS), expected);
    assertThat(Arrays.copyOf(output, 3)).containsOnly(42f);
    assertThat(Arrays.copyOfRange(output, 3 + 5 * ROWS, output.length)).containsOnly(42f);
  }

  @Test
  void segmentsGiveWhatArraysGive() {
    float[] input = RandomProducts.samples(new Random(10), 9, COLUMNS);
    float[] expected = execute(plan, input, 9);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment in = arena.allocate(4L * input.length + 4, 4).asSlice(4);
      MemorySegment out = arena.allocate(4L * expected.length);
      in.copyFrom(MemorySegment.ofArray(input));
      plan.execute(in, 9, out);
      requireEqual("segments", out.toArray(ValueLayout.JAVA_FLOAT), expected);
    }
  }

  @Test
  void preparingAndReleasingChangeNoBit() {
    try (Arena arena = Arena.ofShared()) {
      List<Linear> layers = SelfCheckLayers.of(arena);
      try (Plan prepared = backend.plan(layers, 8);
          Plan other = backend.plan(layers, 8)) {
        prepared.prepare(1, 17);
        float[] before = execute(prepared, 17);
        assertThat(before).isEqualTo(execute(other, 17));
        prepared.keepOnly(1);
        assertThat(execute(prepared, 17)).isEqualTo(before);
        assertThatIllegalArgumentException()
            .isThrownBy(() -> prepared.prepare(0))
            .withMessage("a batch to prepare for is 0, must be at least 1");
      }
    }
  }

  private static float[] execute(Plan plan, int batch) {
    var random = new Random(3);
    float[] input = new float[batch * plan.inputColumns()];
    for (int i = 0; i < input.length; i++) {
      input[i] = (float) random.nextGaussian();
    }
    float[] output = new float[batch * plan.outputColumns()];
    plan.execute(input, batch, output);
    return output;
  }

  @Test
  void refusesWrongSizes() {
    float[] input = new float[2 * COLUMNS];
    float[] output = new float[2 * ROWS];
    assertThatIllegalArgumentException()
        .isThrownBy(() -> plan.execute(new float[3], 2, output))
        .withMessageContainingAll("input", "3", Integer.toString(2 * COLUMNS));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> plan.execute(input, 2, new float[2 * ROWS + 1]))
        .withMessageContainingAll("output", Integer.toString(2 * ROWS + 1));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> plan.execute(input, -1, output))
        .withMessageContaining("-1");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> plan.execute(bytes(4 * input.length + 3), 2, bytes(4 * output.length)))
        .withMessageContainingAll("input", Integer.toString(4 * input.length + 3));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> plan.execute(bytes(4 * input.length), 2, bytes(4 * output.length - 4)))
        .withMessageContainingAll("output", Integer.toString(output.length - 1));
    plan.execute(new float[0], 0, new float[0]);
  }

  private static MemorySegment bytes(int count) {
    return MemorySegment.ofArray(new byte[count]);
  }

  @Test
  void refusesLayersThatDoNotFit() {
    List<Linear> twice = List.of(Linear.of(weights), Linear.of(weights));
    assertThatIllegalArgumentException().isThrownBy(() -> backend.plan(List.of(), MAX_BITS));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> backend.plan(twice, MAX_BITS))
        .withMessageContainingAll(Integer.toString(ROWS), Integer.toString(COLUMNS));
    for (int bits : new int[] {Arithmetic.MIN_ACTIVATION_BITS - 1, MAX_BITS + 1}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> backend.plan(List.of(Linear.of(weights)), bits))
          .withMessageContaining(Integer.toString(bits));
    }
  }

  @Test
  void useAfterCloseIsAnError() {
    EncodedMatrix matrix = fixture(new Code.Symmetric(3));
    Plan closed = backend.plan(matrix);
    closed.close();
    closed.close();
    assertThatIllegalStateException()
        .isThrownBy(() -> closed.execute(new float[COLUMNS], 1, new float[ROWS]))
        .withMessageContaining("closed");
    matrix.close();
    assertThatIllegalStateException()
        .isThrownBy(() -> backend.plan(matrix))
        .withMessageContaining("closed");
  }

  @Test
  void nothingWorksAfterTheBackendIsClosed() {
    Backend closed = open(2);
    Plan tested = closed.plan(weights);
    closed.close();
    assertThatIllegalStateException()
        .isThrownBy(() -> tested.execute(new float[COLUMNS], 1, new float[ROWS]))
        .withMessageContaining("closed");
    assertThatIllegalStateException()
        .isThrownBy(() -> closed.plan(weights))
        .withMessageContaining("closed");
    tested.close();
  }

  private static float[] execute(Plan plan, float[] input, int batch) {
    float[] output = new float[batch * plan.outputColumns()];
    Arrays.fill(output, -42f);
    plan.execute(input, batch, output);
    return output;
  }

  private static void requireEqual(String what, float[] actual, float[] expected) {
    assertThat(actual.length).isEqualTo(expected.length);
    for (int i = 0; i < actual.length; i++) {
      int actualBits = Float.floatToIntBits(actual[i]);
      int expectedBits = Float.floatToIntBits(expected[i]);
      if (actualBits != expectedBits) {
        fail(
            String.format(
                "%s: element %d is %s (%08x), expected %s (%08x)",
                what, i, actual[i], actualBits, expected[i], expectedBits));
      }
    }
  }
}
