package org.bitindex.onnx;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import org.bitindex.EncodedFormatException;

/**
 * An ONNX model (ModelProto).
 *
 * @param irVersion version of the format
 * @param producer who wrote it, may be empty
 * @param opsets versions of the operators by domain; the domain of ONNX itself is empty
 * @param graph the network
 * @param functions operators that the model brings along
 * @param metadata the writer's own strings
 */
public record Model(
    long irVersion,
    String producer,
    SequencedMap<String, Long> opsets,
    Graph graph,
    List<Function> functions,
    SequencedMap<String, String> metadata) {
  public Model {
    opsets = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(opsets));
    functions = List.copyOf(functions);
    metadata = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(metadata));
  }

  /**
   * Reads a file. Weights stay in the mapped file, and in files beside it that it names.
   *
   * @param arena closing it ends the model's tensors
   * @throws EncodedFormatException if the bytes do not follow the format, naming path and offset
   * @throws IOException if a file cannot be read
   */
  public static Model read(Path path, Arena arena) throws IOException {
    return read(path.toString(), Files.map(path, arena), new ExternalFiles(path, arena));
  }

  /**
   * Reads a model from bytes.
   *
   * @param source names the bytes in messages
   * @param external finds data that lies elsewhere
   * @throws EncodedFormatException if the bytes do not follow the format, naming source and offset
   * @throws IOException if {@code external} throws it
   */
  public static Model read(String source, MemorySegment bytes, ExternalData external)
      throws IOException {
    return new OnnxReader(external).read(new MessageReader(source, bytes.asReadOnly()));
  }

  /**
   * Writes the model; tensors without data are marked as lying elsewhere.
   *
   * @throws IllegalArgumentException if it has more than the 2^31 - 1 bytes of the format
   * @throws IOException if {@code out} throws it
   */
  public void write(OutputStream out) throws IOException {
    OnnxWriter.model(this).writeTo(out);
  }

  /** The model as bytes; errors as {@link #write}. */
  public byte[] toBytes() {
    var bytes = new ByteArrayOutputStream();
    try {
      write(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  /** The version of the operators of a domain, 0 if the model does not name it. */
  public long opset(String domain) {
    return opsets.getOrDefault(domain, 0L);
  }
}
