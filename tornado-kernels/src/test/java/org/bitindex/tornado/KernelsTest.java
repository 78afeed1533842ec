package org.bitindex.tornado;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.bitindex.backend.Activation;
import org.bitindex.backend.Linear;
import org.bitindex.backend.Plan;
import org.bitindex.backend.RandomProducts;
import org.bitindex.backend.scalar.ScalarBackend;
import org.bitindex.code.Code;
import org.bitindex.layout.Layout;
import org.bitindex.matrix.EncodedMatrix;
import org.bitindex.tornado.device.CallArrays;
import org.bitindex.tornado.device.CallSize;
import org.bitindex.tornado.kernel.FinishKernels;
import org.bitindex.tornado.kernel.GatherKernels;
import org.bitindex.tornado.kernel.LookupKernels;
import org.bitindex.tornado.kernel.SampleKernels;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/** The kernels as plain Java, which needs neither TornadoVM's runtime nor a device. */
class KernelsTest {
  private static final int ROWS = 75;
  private static final int COLUMNS = 270;
  private static final int MANY = 35;

  /** A layer with everything that its kernels read and write. */
  private static final class Call {
    final DeviceChain chain;
    final DeviceLayer layer;
    final CallArrays space;
    final IntArray call = new IntArray(4);
    final int samples;
    final int steps;
    int stages;

    Call(Linear linear, int bits, DeviceWeights weights, float[] input, int samples) {
      DeviceChain dense = DeviceChain.of(List.of(linear), bits, false);
      this.layer = DeviceLayer.of(linear, bits, weights, false);
      this.chain = new DeviceChain(List.of(layer), dense.powers(), dense.none());
      this.space =
          ChainArrays.of(chain, new CallSize(samples <= CallSize.FEW_SAMPLES ? samples : 64));
      this.samples = samples;
      this.steps = layer.steps(true) + FinishKernels.MAXIMA;
      call.init(0);
      call.set(0, samples);
      space.put(input, 0, samples, layer.columns(), 1);
    }

    void run(int x, int y, int width, int height, Consumer<KernelContext> kernel) throws Exception {
      PlainDevice.run(x, y, width, height, kernel);
      assertThat(call.get(1 + stages)).as("mark of stage %d", stages).isEqualTo(1);
      stages++;
    }

    int groups() {
      return layer.groups();
    }

    FloatArray bias() {
      return layer.bias() == null ? chain.none() : layer.bias();
    }

    void finish() throws Exception {
      boolean few = space.callSize().isFew();
      int stage = stages;
      int blocks = layer.blocksOfMaxima(space.callSize());
      IntArray maxima = new IntArray(blocks * space.callSize().capacity());
      int capacity = space.callSize().capacity();
      if (few) {
        run(
            blocks,
            samples,
            256,
            1,
            c ->
                FinishKernels.few(
                    c,
                    call,
                    space.shapes().getFirst(),
                    space.sums(),
                    space.scales(),
                    chain.powers(),
                    layer.rowScales(),
                    layer.negativeOffsets(),
                    bias(),
                    space.output(),
                    maxima,
                    stage,
                    capacity,
                    steps));
      } else {
        run(
            2,
            blocks,
            32,
            8,
            c ->
                FinishKernels.many(
                    c,
                    call,
                    space.shapes().getFirst(),
                    space.sums(),
                    space.scales(),
                    chain.powers(),
                    layer.rowScales(),
                    layer.negativeOffsets(),
                    bias(),
                    space.output(),
                    maxima,
                    stage,
                    capacity,
                    steps));
      }
      requireMaxima(maxima, blocks);
    }

    private void requireMaxima(IntArray maxima, int blocks) {
      for (int n = 0; n < samples; n++) {
        int largest = 0;
        int expected = 0;
        for (int b = 0; b < blocks; b++) {
          largest = Math.max(largest, maxima.get(b * space.callSize().capacity() + n));
        }
        for (int i = 0; i < ROWS; i++) {
          expected = Math.max(expected, space.output().get(n * ROWS + i) & 0x7fffffff);
        }
        assertThat(Math.min(largest, 0x7f800000)).isEqualTo(Math.min(expected, 0x7f800000));
      }
    }

    int[] outputs() {
      float[] outputs = new float[samples * ROWS];
      space.take(outputs, 0, samples, ROWS, 1);
      return bits(outputs);
    }
  }

  private static int[] bits(float[] values) {
    int[] bits = new int[values.length];
    Arrays.setAll(bits, i -> Float.floatToIntBits(values[i]));
    return bits;
  }

  private static int[] expected(Linear layer, int bits, float[] input, int samples) {
    float[] outputs = new float[samples * ROWS];
    try (Plan plan = new ScalarBackend().plan(List.of(layer), bits)) {
      plan.execute(input, samples, outputs);
    }
    return bits(outputs);
  }

  private static Linear layer(Code code) {
    var random = new Random(1);
    EncodedMatrix weights =
        RandomProducts.weights(random, ROWS, COLUMNS, code, new Layout.Adaptive());
    float[] bias = new float[ROWS];
    for (int i = 0; i < ROWS; i++) {
      bias[i] = (float) random.nextGaussian();
    }
    return new Linear(weights, bias, Activation.RELU);
  }

  private static Code code(String name) {
    return switch (name) {
      case "affine" -> new Code.Affine(3);
      case "symmetric" -> new Code.Symmetric(3);
      case "bytes" -> new Code.Symmetric(8);
      case "ternary" -> new Code.Ternary(0f, 0f);
      default -> new Code.Binary(0f);
    };
  }

  @ParameterizedTest
  @CsvSource({"affine,24", "affine,8", "symmetric,24", "symmetric,12", "ternary,2", "binary,9"})
  void lookUpsOfFewSamples(String name, int bits) throws Exception {
    Linear linear = layer(code(name));
    int samples = 13; // one of each special kind
    float[] input = RandomProducts.samples(new Random(3), samples, COLUMNS);
    DeviceWeights.Lines lines = DeviceWeights.lines(linear.weights());
    var call = new Call(linear, bits, lines, input, samples);
    int slices = call.layer.slicing(call.space.callSize()).count();
    assertThat(slices).isGreaterThan(1);
    call.run(
        1,
        samples * slices,
        256,
        1,
        c ->
            LookupKernels.few(
                c,
                call.call,
                call.space.shapes().getFirst(),
                lines.words(),
                call.space.input(),
                call.space.maxima(),
                call.space.scales(),
                call.space.sums(),
                0,
                1,
                0));
    call.finish();
    assertThat(call.outputs()).isEqualTo(expected(linear, bits, input, samples));
    linear.weights().close();
  }

  @ParameterizedTest
  @CsvSource({"affine,24", "affine,10", "symmetric,24", "symmetric,8", "ternary,9", "binary,2"})
  void lookUpsOfManySamplesAndOfPairs(String name, int bits) throws Exception {
    Linear linear = layer(code(name));
    float[] input = RandomProducts.samples(new Random(3), MANY, COLUMNS);
    DeviceWeights.Lines lines = DeviceWeights.lines(linear.weights());
    var call = new Call(linear, bits, lines, input, MANY);
    assertThat(call.layer.pairs()).isEqualTo(bits < 10);
    quantizeMany(call);
    int blocks =
        lines.stride()
            / DeviceWeights.LINE_STEP
            * call.layer.slicing(call.space.callSize()).count();
    int capacity = call.space.callSize().capacity();
    if (call.layer.pairs()) {
      call.run(
          1,
          blocks,
          32,
          8,
          c ->
              LookupKernels.pairs(
                  c,
                  call.call,
                  call.space.shapes().getFirst(),
                  lines.words(),
                  call.space.x(),
                  call.space.shifts(),
                  call.space.sums(),
                  1,
                  capacity));
    } else {
      call.run(
          2,
          blocks,
          32,
          8,
          c ->
              LookupKernels.many(
                  c,
                  call.call,
                  call.space.shapes().getFirst(),
                  lines.words(),
                  call.space.x(),
                  call.space.sums(),
                  1,
                  capacity));
    }
    call.finish();
    assertThat(call.outputs()).isEqualTo(expected(linear, bits, input, MANY));
    linear.weights().close();
  }

  private static void quantizeMany(Call call) throws Exception {
    call.run(
        2,
        call.groups(),
        32,
        8,
        c ->
            SampleKernels.quantizeMany(
                c,
                call.call,
                call.space.shapes().getFirst(),
                call.space.input(),
                call.space.maxima(),
                call.space.scales(),
                call.space.x(),
                call.space.shifts(),
                0,
                1,
                0,
                call.space.callSize().capacity(),
                call.layer.pairs() ? 1 : 0));
  }

  @ParameterizedTest
  @CsvSource({"symmetric,24", "symmetric,11", "bytes,24", "ternary,8", "binary,24"})
  void gatheredActivations(String name, int bits) throws Exception {
    Linear linear = withoutOffsets(code(name));
    for (int samples : new int[] {5, MANY}) {
      float[] input = RandomProducts.samples(new Random(3), samples, COLUMNS);
      DeviceWeights.Entries entries = DeviceWeights.entries(linear.weights());
      var call = new Call(linear, bits, entries, input, samples);
      int blocks = call.layer.blocksOfMaxima(call.space.callSize());
      IntArray maxima = new IntArray(blocks * call.space.callSize().capacity());
      if (samples == MANY) {
        quantizeMany(call);
        gatherMany(call, entries, maxima, blocks);
      } else {
        gatherFew(call, entries, maxima, blocks);
      }
      call.requireMaxima(maxima, blocks);
      assertThat(call.outputs()).isEqualTo(expected(linear, bits, input, samples));
    }
    linear.weights().close();
  }

  private static void gatherMany(
      Call call, DeviceWeights.Entries entries, IntArray maxima, int blocks) throws Exception {
    call.run(
        1,
        blocks,
        32,
        8,
        c ->
            GatherKernels.many(
                c,
                call.call,
                call.space.shapes().getFirst(),
                entries.offsets(),
                entries.pairs(),
                call.space.x(),
                call.space.scales(),
                call.chain.powers(),
                call.layer.rowScales(),
                call.bias(),
                call.space.output(),
                maxima,
                1,
                call.space.callSize().capacity(),
                call.steps));
  }

  private static void gatherFew(
      Call call, DeviceWeights.Entries entries, IntArray maxima, int blocks) throws Exception {
    call.run(
        call.groups(),
        call.samples,
        128,
        1,
        c ->
            SampleKernels.quantizeFew(
                c,
                call.call,
                call.space.shapes().getFirst(),
                call.space.input(),
                call.space.maxima(),
                call.space.scales(),
                call.space.x(),
                0,
                1,
                0));
    call.run(
        blocks,
        call.samples,
        256,
        1,
        c ->
            GatherKernels.few(
                c,
                call.call,
                call.space.shapes().getFirst(),
                entries.offsets(),
                entries.pairs(),
                call.space.x(),
                call.space.scales(),
                call.chain.powers(),
                call.layer.rowScales(),
                call.bias(),
                call.space.output(),
                maxima,
                1,
                call.space.callSize().capacity(),
                call.steps));
  }

  /** Random planes get offsets by chance; this matrix has none. */
  private static Linear withoutOffsets(Code code) {
    EncodedMatrix weights = layer(code).weights();
    float[] scales = new float[ROWS];
    float[] bias = new float[ROWS];
    for (int i = 0; i < ROWS; i++) {
      scales[i] = i - 7f;
      bias[i] = 7f / (i + 1);
    }
    return new Linear(weights.withScales(scales, null), bias, Activation.NONE);
  }
}
