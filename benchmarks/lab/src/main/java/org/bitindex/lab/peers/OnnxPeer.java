package org.bitindex.lab.peers;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.lang.foreign.Arena;
import java.nio.FloatBuffer;
import java.util.Map;

/**
 * ONNX Runtime on the CPU, with a direct input buffer and a pinned output buffer: nothing is copied
 * or allocated for them, but each run passes through its Java API and JNI.
 */
final class OnnxPeer implements Peer {
  private final float[] weights;
  private final double inputError;
  private final Arena arena = Arena.ofShared();
  private final FloatBuffer input;
  private final FloatBuffer output;
  private final OrtSession session;
  private final Map<String, OnnxTensor> inputs;
  private final Map<String, OnnxTensor> outputs;

  OnnxPeer(OnnxModel model, PeerShape shape) {
    weights = model.weights;
    inputError = model.inputError;
    input = Buffers.allocate(arena, (long) shape.batch() * shape.columns());
    output = Buffers.allocate(arena, (long) shape.batch() * shape.rows());
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      options.setIntraOpNumThreads(shape.threads());
      options.setInterOpNumThreads(1);
      // Without VNNI the default 8-bit product may saturate; with VNNI this changes nothing.
      options.addConfigEntry("session.x64quantprecision", "1");
      session = environment.createSession(model.bytes, options);
      inputs = Map.of(PeerGraph.INPUT, tensor(environment, input, shape.batch(), shape.columns()));
      outputs = Map.of(PeerGraph.OUTPUT, tensor(environment, output, shape.batch(), shape.rows()));
    } catch (OrtException e) {
      throw new IllegalStateException("ONNX Runtime refuses the model", e);
    }
  }

  private static OnnxTensor tensor(
      OrtEnvironment environment, FloatBuffer buffer, long rows, long columns) throws OrtException {
    return OnnxTensor.createTensor(environment, buffer, new long[] {rows, columns});
  }

  @Override
  public void input(float[] samples) {
    input.put(0, samples);
  }

  @Override
  public void multiply() {
    try (OrtSession.Result result = session.run(inputs, outputs)) {
      assert result.size() == 1;
    } catch (OrtException e) {
      throw new IllegalStateException("ONNX Runtime can't run the model", e);
    }
  }

  @Override
  public void output(float[] target) {
    output.get(0, target);
  }

  @Override
  public float[] weights() {
    return weights;
  }

  @Override
  public double inputError() {
    return inputError;
  }

  @Override
  public void close() {
    inputs.values().forEach(OnnxTensor::close);
    outputs.values().forEach(OnnxTensor::close);
    try {
      session.close();
    } catch (OrtException e) {
      throw new IllegalStateException("ONNX Runtime can't close the session", e);
    }
    arena.close();
  }
}
