package org.bitindex.lab.networks;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import org.bitindex.graph.tensor.Tensor;

/** ONNX Runtime on an ONNX file. */
public final class OnnxRuntime implements Runner, AutoCloseable {
  private final OrtEnvironment environment = OrtEnvironment.getEnvironment();
  private final OrtSession session;

  /**
   * Opens a model.
   *
   * @throws IllegalStateException if ONNX Runtime refuses it
   */
  public OnnxRuntime(Path model, int threads) {
    try (var options = new OrtSession.SessionOptions()) {
      options.setIntraOpNumThreads(threads);
      options.setInterOpNumThreads(1);
      session = environment.createSession(model.toString(), options);
    } catch (OrtException e) {
      throw new IllegalStateException("ONNX Runtime refuses " + model + ": " + e.getMessage(), e);
    }
  }

  /** Its version. */
  static String version() {
    return OrtEnvironment.getEnvironment().getVersion();
  }

  @Override
  public SequencedMap<String, Tensor> run(Map<String, Tensor> inputs) {
    Map<String, OnnxTensor> tensors = new HashMap<>();
    try {
      for (Map.Entry<String, Tensor> input : inputs.entrySet()) {
        tensors.put(input.getKey(), tensor(input.getValue()));
      }
      try (OrtSession.Result result = session.run(tensors)) {
        SequencedMap<String, Tensor> outputs = new LinkedHashMap<>();
        for (Map.Entry<String, ai.onnxruntime.OnnxValue> output : result) {
          outputs.put(output.getKey(), floats((OnnxTensor) output.getValue()));
        }
        return outputs;
      }
    } catch (OrtException e) {
      throw new IllegalStateException("ONNX Runtime can't run the model: " + e.getMessage(), e);
    } finally {
      tensors.values().forEach(OnnxTensor::close);
    }
  }

  private OnnxTensor tensor(Tensor tensor) throws OrtException {
    long[] shape = Arrays.stream(tensor.shape()).asLongStream().toArray();
    return switch (tensor.elements()) {
      case float[] values -> OnnxTensor.createTensor(environment, FloatBuffer.wrap(values), shape);
      default -> OnnxTensor.createTensor(environment, LongBuffer.wrap(tensor.longs()), shape);
    };
  }

  private static Tensor floats(OnnxTensor tensor) {
    TensorInfo info = tensor.getInfo();
    int[] shape = Arrays.stream(info.getShape()).mapToInt(Math::toIntExact).toArray();
    FloatBuffer buffer = tensor.getFloatBuffer();
    float[] values = new float[buffer.remaining()];
    buffer.get(values);
    return Tensor.of(shape, values);
  }

  @Override
  public void close() {
    try {
      session.close();
    } catch (OrtException e) {
      throw new IllegalStateException("ONNX Runtime can't close the session", e);
    }
  }
}
