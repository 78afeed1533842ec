package org.bitindex.tornado.baseline;

import java.util.List;
import org.bitindex.backend.DeviceBackend;
import org.bitindex.backend.ProfiledPlan;
import org.bitindex.matrix.Weights;
import org.bitindex.tornado.device.Job;
import org.bitindex.tornado.device.Launcher;
import org.bitindex.tornado.device.TornadoProfile;
import org.bitindex.tornado.device.TornadoTarget;
import uk.ac.manchester.tornado.api.enums.TornadoVMBackendType;
import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;

/**
 * A product with dense, sparse or eight-bit weights on a device, to compare with. Made for one
 * batch size. Float formats sum in an order of their own, so they agree with others up to rounding.
 */
public final class TornadoBaseline implements DeviceBackend.BaselineProduct {
  /** A format's graph and its arrays. */
  interface FormatGraph {
    Job job();

    /** Bytes on the device. */
    long bytes();

    /** One of the graph's arrays, which a call copies. */
    TornadoNativeArray output();

    void put(float[] input, int threads);

    void take(float[] output, int threads);
  }

  private final FormatGraph graph;
  private final Launcher launcher;
  private final int threads;
  private final int batch;
  private final long inputLength;
  private final long outputLength;

  public TornadoBaseline(
      TornadoTarget target, DeviceBackend.BaselineFormat format, Weights weights, int batch) {
    if (batch < 1) {
      throw new IllegalArgumentException("batch is " + batch + ", must be at least 1");
    }
    this.batch = batch;
    this.threads = target.threads();
    this.inputLength = (long) batch * weights.columns();
    this.outputLength = (long) batch * weights.rows();
    this.graph =
        switch (format) {
          case DENSE_FP32 -> FloatBaseline.dense(target, weights, batch);
          case CSR -> FloatBaseline.csr(target, weights, batch);
          case INT8 ->
              new ByteBaseline(
                  target,
                  weights,
                  batch,
                  target.device().getTornadoVMBackend() == TornadoVMBackendType.PTX);
        };
    this.launcher = new Launcher(target, List.of(graph.job()), graph.bytes());
  }

  @Override
  public long deviceBytes() {
    return graph.bytes();
  }

  @Override
  public synchronized void multiply(float[] input, float[] output) {
    if (input.length != inputLength || output.length != outputLength) {
      throw new IllegalArgumentException(
          "input has "
              + input.length
              + " floats, output "
              + output.length
              + ", a batch of "
              + batch
              + " has "
              + inputLength
              + " and "
              + outputLength);
    }
    graph.put(input, threads);
    launcher.launch(0, batch, graph.output(), output.length);
    graph.take(output, threads);
  }

  /** As {@link #multiply}, but slower: with the driver's clocks on. */
  public synchronized TornadoProfile profile(float[] input, float[] output) {
    return launcher.profile(() -> multiply(input, output));
  }

  @Override
  public ProfiledPlan.Times times(float[] input, float[] output) {
    return profile(input, output).times();
  }

  @Override
  public void close() {
    launcher.close();
  }
}
