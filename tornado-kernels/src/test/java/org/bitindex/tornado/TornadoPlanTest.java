package org.bitindex.tornado;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.bitindex.BackendException;
import org.bitindex.backend.Activation;
import org.bitindex.backend.Linear;
import org.bitindex.backend.Plan;
import org.bitindex.backend.RandomProducts;
import org.bitindex.backend.scalar.ScalarBackend;
import org.bitindex.code.Code;
import org.bitindex.encode.Encoder;
import org.bitindex.encode.ScaleMode;
import org.bitindex.layout.Layout;
import org.bitindex.matrix.DenseMatrix;
import org.bitindex.matrix.EncodedMatrix;
import org.bitindex.matrix.PlaneBuilder;
import org.bitindex.matrix.RowValues;
import org.bitindex.tornado.device.DeviceMemory;
import org.bitindex.tornado.device.Job;
import org.bitindex.tornado.device.Launcher;
import org.bitindex.tornado.device.TornadoProfile;
import org.bitindex.tornado.device.TornadoTarget;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.enums.DataTransferMode;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/** What the contract does not ask: that the device did the work, and what moved. */
@RequiresDevice
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TornadoPlanTest {
  private static final int BITS = 24;

  private TornadoTarget target;
  private TornadoBackend backend;

  @BeforeAll
  void findDevice() {
    target = new TornadoDevices().find("", 2);
    backend = new TornadoBackend(target);
  }

  private static EncodedMatrix weights(int rows, int columns) {
    return RandomProducts.weights(
        new Random(rows), rows, columns, new Code.Symmetric(4), new Layout.Adaptive());
  }

  private static void requireEqualToReference(
      TornadoPlan plan, List<Linear> layers, int... batches) {
    var random = new Random(7);
    try (Plan reference = new ScalarBackend().plan(layers, BITS)) {
      for (int batch : batches) {
        float[] input = RandomProducts.samples(random, batch, plan.inputColumns());
        float[] expected = new float[batch * plan.outputColumns()];
        float[] actual = new float[batch * plan.outputColumns()];
        reference.execute(input, batch, expected);
        TornadoProfile profile = plan.profile(input, batch, actual);
        assertThat(bits(actual)).as("batch %d", batch).isEqualTo(bits(expected));
        assertThat(profile.kernelNanos()).as("batch %d", batch).isPositive();
      }
    }
  }

  private static int[] bits(float[] values) {
    int[] bits = new int[values.length];
    Arrays.setAll(bits, i -> Float.floatToIntBits(values[i]));
    return bits;
  }

  @Test
  void everyBatchSizeRunsOnTheDeviceAndEqualsTheReference() {
    try (EncodedMatrix first = weights(70, 129);
        EncodedMatrix second = weights(40, 70)) {
      List<Linear> layers =
          List.of(new Linear(first, new float[70], Activation.RELU), Linear.of(second));
      try (var plan = new TornadoPlan(layers, BITS, backend)) {
        requireEqualToReference(plan, layers, 1, 16, 17, 64, 1000, 15, 1);
      }
    }
  }

  @Test
  void wordsWithTheTopBitSetFullOnesAndEmptyOnesAreRight() {
    for (Code code : List.of(new Code.Binary(0f), new Code.Affine(2))) {
      try (Arena arena = Arena.ofShared()) {
        List<Linear> layers = List.of(Linear.of(extremeWords(code, arena)));
        try (var plan = new TornadoPlan(layers, BITS, backend)) {
          requireEqualToReference(plan, layers, 1, 33);
        }
      }
    }
  }

  /** Rows of only top bits of 32-bit words, of all bits, and of none. */
  private static EncodedMatrix extremeWords(Code code, Arena arena) {
    long[] patterns = {0x8000000080000000L, -1L, 0L, 0x80000000L, 1L << 63, 0x7fffffffL};
    try (var planes = new PlaneBuilder(code, patterns.length, 192)) {
      for (int p = 0; p < code.coefficients().length; p++) {
        for (int i = 0; i < patterns.length; i++) {
          long pattern = patterns[(i + p) % patterns.length];
          planes.planes().get(p).writeRow(i, new long[] {pattern, pattern, pattern});
        }
      }
      return planes.buildIn(arena, new Layout.Flat(), RowValues.of(arena, 1), null);
    }
  }

  @Test
  void weightsGoToTheDeviceOnceAndACallMovesItsFormsSamplesAndItsOutputs() {
    try (EncodedMatrix matrix = weights(1024, 512)) {
      List<Linear> layers = List.of(Linear.of(matrix));
      long weightBytes = DeviceChain.of(layers, BITS, backend.hasTensorCores()).bytes();
      var memory = new DeviceMemory(1L << 30, 1L << 28);
      try (var plan = new TornadoPlan(layers, BITS, with(memory))) {
        assertThat(plan.preparation().bytesIn()).isGreaterThan(weightBytes);
        assertThat(plan.preparation().compileNanos()).isPositive();
        plan.profile(new float[64 * 512], 64, new float[64 * 1024]);
        for (int batch : new int[] {1, 50, 64}) {
          TornadoProfile profile =
              plan.profile(new float[batch * 512], batch, new float[batch * 1024]);
          long samples = batch == 1 ? 1 : 64;
          assertThat(profile.bytesIn()).isLessThan(samples * 513 * Float.BYTES + 1000);
          long outputs = batch * 1024L * Float.BYTES;
          assertThat(profile.bytesOut()).isBetween(outputs, outputs + 1000);
          assertThat(profile.compileNanos()).isZero();
        }
        assertThat(plan.deviceBytes())
            .isGreaterThan(weightBytes)
            .isLessThan(2 * weightBytes + (1L << 23));
        assertThat(plan.preparedBytes()).isGreaterThan(plan.deviceBytes() + weightBytes);
      }
    }
  }

  @Test
  void aLayerIsTwoLaunchesForFewSamplesAndThreeForMany() {
    try (EncodedMatrix first = weights(70, 129);
        EncodedMatrix second = weights(40, 70)) {
      try (var plan =
          new TornadoPlan(List.of(Linear.of(first), Linear.of(second)), BITS, backend)) {
        assertThat(plan.launches(1)).isEqualTo(4);
        assertThat(plan.launches(16)).isEqualTo(4);
        assertThat(plan.launches(17)).isEqualTo(6);
      }
    }
  }

  /** The blocks of maxima that the next layer reads are other ones than those of dense layers. */
  @Test
  void aSparseLayerIsTwoLaunchesAndChainsWithDenseOnes() {
    try (EncodedMatrix first = sparse(70, 129);
        EncodedMatrix second = sparse(300, 70);
        EncodedMatrix third = weights(40, 300)) {
      List<Linear> layers =
          List.of(
              new Linear(first, new float[70], Activation.RELU),
              Linear.of(second),
              Linear.of(third));
      try (var plan = new TornadoPlan(layers, BITS, backend)) {
        assertThat(plan.launches(1)).isEqualTo(6);
        assertThat(plan.launches(17)).isEqualTo(7);
        requireEqualToReference(plan, layers, 1, 15, 17, 64, 100);
      }
    }
  }

  private static EncodedMatrix sparse(int rows, int columns) {
    var random = new Random(rows);
    float[] values = new float[rows * columns];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextInt(20) == 0 ? (float) random.nextGaussian() : 0f;
    }
    return new Encoder(new Code.Symmetric(4), ScaleMode.ROW, new Layout.Adaptive(), 1)
        .encode(DenseMatrix.of(rows, columns, values));
  }

  private TornadoBackend with(DeviceMemory memory) {
    return new TornadoBackend(
        new TornadoTarget(target.id(), target.description(), target.device(), memory, 2));
  }

  @Test
  void aLargeBatchIsSplitWhereMemoryIsSmall() {
    try (EncodedMatrix matrix = weights(50, 300)) {
      List<Linear> layers = List.of(Linear.of(matrix));
      try (var plan = new TornadoPlan(layers, BITS, with(new DeviceMemory(1L << 30, 150_000)))) {
        requireEqualToReference(plan, layers, 100);
      }
    }
  }

  @Test
  void whatTheDeviceCannotHoldIsRefusedAndAnotherPlanStillRuns() {
    try (EncodedMatrix matrix = weights(50, 300)) {
      List<Linear> layers = List.of(Linear.of(matrix));
      assertThatExceptionOfType(BackendException.class)
          .isThrownBy(
              () -> new TornadoPlan(layers, BITS, with(new DeviceMemory(10_000, 10_000))).close())
          .withMessageContaining("10000 bytes");
      try (var plan = new TornadoPlan(layers, BITS, backend)) {
        requireEqualToReference(plan, layers, 3);
      }
    }
  }

  @Test
  void aFullDeviceIsAnErrorWithTheSizesAndLosesNothing() {
    List<TornadoPlan> open = new ArrayList<>();
    try (EncodedMatrix matrix = weights(50, 300)) {
      List<Linear> layers = List.of(Linear.of(matrix));
      TornadoBackend small = with(new DeviceMemory(4_000_000, 1L << 30));
      for (int attempt = 0; attempt < 2; attempt++) {
        assertThatExceptionOfType(BackendException.class)
            .isThrownBy(() -> {
              for (int i = 0; i < 10; i++) {
                open.add(new TornadoPlan(layers, BITS, small));
              }
            })
            .withMessageContainingAll("do not fit", "4000000 bytes", "are taken");
        requireEqualToReference(open.getLast(), layers, 1, 70);
        open.removeLast().close();
      }
    } finally {
      open.forEach(TornadoPlan::close);
    }
  }

  @Test
  void aKernelThatDoesNotCompileIsAnErrorAndDoesNotRunInJava() {
    var job = new Job(target, "rejected", 1);
    int stage = job.nextStage();
    job.grids().add(job.gridKey(stage), 256, 1, n -> n * 256, _ -> 1);
    job.graph()
        .transferToDevice(DataTransferMode.EVERY_EXECUTION, job.call())
        .task(Job.task(stage), TornadoPlanTest::unsupported, job.context(), job.call(), stage)
        .transferToHost(DataTransferMode.EVERY_EXECUTION, job.call());
    try (var launcher = new Launcher(target, List.of(job), 0)) {
      assertThatExceptionOfType(BackendException.class)
          .isThrownBy(() -> launcher.launch(0, 1, job.call(), 0))
          .withMessageStartingWith(target.name() + " failed: ");
      assertThatExceptionOfType(BackendException.class)
          .isThrownBy(() -> launcher.launch(0, 1, job.call(), 0))
          .withMessageStartingWith(target.name() + " failed before: ");
    }
  }

  /** TornadoVM has no code for counting trailing zeros. */
  private static void unsupported(KernelContext c, IntArray call, int stage) {
    call.set(1 + stage, Integer.numberOfTrailingZeros(call.get(0)));
  }

  @Test
  void plansOfSeveralThreadsDoNotDisturbEachOther() throws Exception {
    List<Future<?>> results = new ArrayList<>();
    try (var executor = Executors.newFixedThreadPool(3)) {
      for (int rows : new int[] {20, 30, 40}) {
        results.add(
            executor.submit(() -> {
              try (EncodedMatrix matrix = weights(rows, 100)) {
                List<Linear> layers = List.of(Linear.of(matrix));
                try (var plan = new TornadoPlan(layers, BITS, backend)) {
                  requireEqualToReference(plan, layers, 1, 2, 3, 4, 5);
                }
              }
            }));
      }
    }
    for (Future<?> result : results) {
      result.get();
    }
  }

  @Test
  void aLaunchThatTheDriverRefusesIsAnError() {
    var job = new Job(target, "refused", 2);
    int stage = job.nextStage();
    job.grids().add(job.gridKey(stage), 256, 1, n -> n * 256, _ -> 1);
    job.graph()
        .transferToDevice(DataTransferMode.EVERY_EXECUTION, job.call())
        .task(
            Job.task(stage),
            org.bitindex.tornado.kernel.Group::mark,
            job.context(),
            job.call(),
            1) // marks a stage that is not its own, as if it had not run
        .transferToHost(DataTransferMode.EVERY_EXECUTION, job.call());
    try (var launcher = new Launcher(target, List.of(job), 0)) {
      assertThatExceptionOfType(BackendException.class)
          .isThrownBy(() -> launcher.launch(0, 1, job.call(), 0))
          .withMessageContaining("did not run kernel 0 of 1");
    }
  }
}
