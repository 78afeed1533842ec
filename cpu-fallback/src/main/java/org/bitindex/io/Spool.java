package org.bitindex.io;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.bitindex.internal.FileErrors;
import org.bitindex.io.format.SegmentOutput;
import org.bitindex.matrix.DType;
import org.bitindex.matrix.NamedTensor;
import org.jspecify.annotations.Nullable;

/**
 * A file without a name on the disk of an output, in which tensors wait until all are known: a
 * safetensors file begins with the sizes of all of them.
 */
final class Spool implements AutoCloseable {
  private final Path output;
  private final Arena arena = Arena.ofShared();
  private @Nullable FileChannel channel;
  private @Nullable SegmentOutput target;
  private MemorySegment data = MemorySegment.NULL;
  private long end;

  /** A tensor that waits. */
  @FunctionalInterface
  interface Part {
    /** The tensor, once the spool is mapped. */
    NamedTensor tensor();
  }

  /** A spool beside {@code output}; nothing is created until something is stored. */
  @SuppressWarnings("MustBeClosedChecker") // this object owns the arena
  Spool(Path output) {
    this.output = output;
  }

  /** Writes a tensor, whose memory may be released then. */
  Part store(NamedTensor tensor) throws IOException {
    try {
      SegmentOutput out = target == null ? open() : target;
      target = out;
      out.write(tensor.data());
    } catch (IOException e) {
      throw FileErrors.explain("write", output, e);
    }
    long begin = end;
    long bytes = tensor.data().byteSize();
    end += bytes;
    String name = tensor.name();
    DType type = tensor.type();
    var shape = tensor.shape();
    return () -> new NamedTensor(name, type, shape, data.asSlice(begin, bytes));
  }

  private SegmentOutput open() throws IOException {
    Path path = AtomicFile.temporary(output);
    FileChannel opened =
        FileChannel.open(
            path, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE);
    channel = opened;
    Files.delete(path); // the open file stays, whatever becomes of the program
    return new SegmentOutput(opened);
  }

  /** Makes what was stored readable; nothing is stored after it. */
  void map() throws IOException {
    if (channel != null && target != null) {
      target.flush();
      data = channel.map(FileChannel.MapMode.READ_ONLY, 0, end, arena);
    }
  }

  @Override
  public void close() throws IOException {
    arena.close();
    if (channel != null) {
      channel.close();
    }
  }
}
