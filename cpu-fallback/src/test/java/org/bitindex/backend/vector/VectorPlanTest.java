package org.bitindex.backend.vector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.bitindex.backend.Availability;
import org.bitindex.backend.Linear;
import org.bitindex.backend.Plan;
import org.bitindex.backend.RandomProducts;
import org.bitindex.backend.scalar.ScalarBackend;
import org.bitindex.code.Code;
import org.bitindex.encode.Encoder;
import org.bitindex.encode.ScaleMode;
import org.bitindex.internal.VectorApi;
import org.bitindex.layout.Layout;
import org.bitindex.matrix.DenseMatrix;
import org.bitindex.matrix.EncodedMatrix;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How batches are cut into passes, what is held, and what is refused. */
class VectorPlanTest {
  private static final int BITS = VectorApi.preferredBits();
  private static final int ROWS = 3;

  /** So many that a pass takes 14 samples. */
  private static final int COLUMNS = 70_000;

  private final EncodedMatrix weights =
      RandomProducts.weights(
          new Random(1), ROWS, COLUMNS, new Code.Ternary(0, 0), new Layout.Flat());

  @AfterEach
  void close() {
    weights.close();
  }

  private static float[] execute(Plan plan, float[] input, int batch) {
    float[] output = new float[batch * plan.outputColumns()];
    plan.execute(input, batch, output);
    return output;
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void batchesOfSeveralPassesGiveTheScalarBits(int threads) {
    try (var backend = new VectorBackend(threads, BITS);
        Plan plan = backend.plan(weights);
        var reference = new ScalarBackend();
        Plan scalar = reference.plan(weights);
        Arena arena = Arena.ofConfined()) {
      for (int batch : new int[] {1, 14, 15, 45}) {
        float[] input = RandomProducts.samples(new Random(batch), batch, COLUMNS);
        float[] expected = execute(scalar, input, batch);
        assertThat(execute(plan, input, batch)).as("batch %d", batch).isEqualTo(expected);
        // Of memory that only this thread may touch, and of memory that all may.
        MemorySegment own = arena.allocateFrom(ValueLayout.JAVA_FLOAT, input);
        MemorySegment output = arena.allocate((long) batch * ROWS * Float.BYTES);
        float[] array = new float[batch * ROWS];
        plan.execute(own, batch, output);
        assertThat(output.toArray(ValueLayout.JAVA_FLOAT)).isEqualTo(expected);
        plan.execute(MemorySegment.ofArray(input), batch, MemorySegment.ofArray(array));
        assertThat(array).isEqualTo(expected);
        plan.execute(own, batch, MemorySegment.ofArray(array));
        assertThat(array).isEqualTo(expected);
      }
    }
  }

  @Test
  void whatIsPreparedIsWhatTheBatchNeedsAndIsReleased() {
    try (var backend = new VectorBackend(2, BITS)) {
      Plan plan = backend.plan(weights);
      long scales = (long) ROWS * Float.BYTES * (weights.offsets() == null ? 1 : 2);
      assertThat(plan.preparedBytes()).isEqualTo(scales);
      plan.prepare(1);
      long one = plan.preparedBytes();
      assertThat(one).isGreaterThan(scales);
      plan.prepare(45);
      long both = plan.preparedBytes();
      assertThat(both).isGreaterThan(one);
      execute(plan, new float[45 * COLUMNS], 45);
      assertThat(plan.preparedBytes()).as("all that 45 samples need").isEqualTo(both);
      plan.keepOnly(1);
      assertThat(plan.preparedBytes()).isEqualTo(one);
      plan.keepOnly();
      assertThat(plan.preparedBytes()).isEqualTo(scales);
      plan.prepare(1);
      plan.close();
      assertThat(plan.preparedBytes()).isEqualTo(scales);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void batchesUpToTheLargestLikeOneNeedNoOtherForm(int threads) {
    float[] values = new float[256 * 1024];
    var random = new Random(4);
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    var encoder = new Encoder(new Code.Symmetric(4), ScaleMode.ROW, new Layout.Flat(), 1);
    try (EncodedMatrix wide = encoder.encode(DenseMatrix.of(256, 1024, values));
        var backend = new VectorBackend(threads, BITS);
        Plan plan = backend.plan(List.of(Linear.of(wide)), 8)) {
      plan.prepare(1);
      long one = plan.preparedBytes();
      int largest = plan.largestBatchLike(1);
      assertThat(largest).isBetween(1, 32);
      for (int batch = 1; batch <= largest; batch++) {
        execute(plan, new float[batch * 1024], batch);
      }
      assertThat(plan.preparedBytes()).isEqualTo(one);
      plan.prepare(largest + 1);
      assertThat(plan.preparedBytes()).isGreaterThan(one);
      plan.prepare(2, 4, 8, 16, 32, 64);
      assertThat(plan.largestBatchLike(1)).isEqualTo(Integer.MAX_VALUE);
      plan.keepOnly(1);
      assertThat(plan.preparedBytes()).isEqualTo(one);
    }
  }

  @Test
  void workSpacesAreUsedAgain() {
    try (var backend = new VectorBackend(1, BITS)) {
      Set<Workspace> given = new HashSet<>();
      for (int i = 0; i < 17; i++) {
        given.add(backend.takeWorkspace());
      }
      assertThat(given).hasSize(17);
      given.forEach(backend::putBack);
      List<Workspace> again = new ArrayList<>();
      for (int i = 0; i < 16; i++) {
        again.add(backend.takeWorkspace());
      }
      assertThat(given).containsAll(again);
      assertThat(again).doesNotHaveDuplicates();
      assertThat(given).doesNotContain(backend.takeWorkspace());
    }
  }

  @Test
  void aLastPassOfOneSampleIsPreparedToo() {
    var encoder = new Encoder(new Code.Affine(3), ScaleMode.ROW, new Layout.Flat(), 1);
    float[] values = new float[512 * 512];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) Math.sin(i);
    }
    try (EncodedMatrix dense = encoder.encode(DenseMatrix.of(512, 512, values));
        var backend = new VectorBackend(3, BITS);
        Plan plan = backend.plan(dense)) {
      assertThat(plan.preparedBytes()).as("scales and offsets").isEqualTo(512 * 8);
      plan.prepare(65);
      long prepared = plan.preparedBytes();
      execute(plan, new float[65 * 512], 65);
      assertThat(plan.preparedBytes()).isEqualTo(prepared);
      plan.keepOnly(64);
      assertThat(plan.preparedBytes()).isLessThan(prepared);
    }
  }

  @Test
  void executionsGiveTheirWorkSpaceBack() {
    try (var backend = new VectorBackend(1, BITS);
        Plan plan = backend.plan(weights)) {
      Workspace workspace = backend.takeWorkspace();
      backend.putBack(workspace);
      float[] output = execute(plan, new float[COLUMNS], 1);
      plan.execute(MemorySegment.ofArray(new float[COLUMNS]), 1, MemorySegment.ofArray(output));
      assertThat(backend.takeWorkspace()).isSameAs(workspace);
    }
  }

  @Test
  void aMatrixThatWasClosedIsNamed() {
    try (var backend = new VectorBackend(1, BITS);
        Plan plan = backend.plan(weights)) {
      weights.close();
      assertThatIllegalStateException()
          .isThrownBy(() -> execute(plan, new float[COLUMNS], 1))
          .withMessage("the encoded matrix is closed");
    }
  }

  @Test
  void whatItCannotDoIsRefused() {
    assertThatIllegalArgumentException().isThrownBy(() -> new VectorBackend(1, 64));
    assertThatIllegalArgumentException().isThrownBy(() -> new VectorBackend(0, BITS));
    var backend = new VectorBackend(1, BITS);
    for (int bits : new int[] {1, 25}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> backend.plan(List.of(Linear.of(weights)), bits));
    }
    Plan plan = backend.plan(weights);
    backend.close();
    assertThatIllegalStateException()
        .isThrownBy(() -> backend.plan(weights))
        .withMessage("the backend is closed");
    assertThatIllegalStateException()
        .isThrownBy(() -> execute(plan, new float[COLUMNS], 1))
        .withMessage("the backend is closed");
  }

  @Test
  void saysWhatItIs() {
    try (var one = new VectorBackend(1, 256);
        var two = new VectorBackend(2, 512)) {
      assertThat(one.name()).isEqualTo("vector");
      assertThat(one.description()).isEqualTo("Vector API, 256 bits, 1 thread");
      assertThat(two.description()).isEqualTo("Vector API, 512 bits, 2 threads");
    }
    var provider = new VectorBackendProvider();
    assertThat(provider.name()).isEqualTo("vector");
    assertThat(provider.priority()).isPositive();
    assertThat(provider.warmsUp()).isTrue();
    assertThat(provider.availability()).isInstanceOf(Availability.Ready.class);
    assertThat(provider.create("", 1).description()).contains(BITS + " bits");
    assertThat(provider.create("128", 1).description()).contains("128 bits");
  }
}
