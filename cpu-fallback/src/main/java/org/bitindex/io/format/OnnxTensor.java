package org.bitindex.io.format;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.bitindex.EncodedFormatException;
import org.bitindex.matrix.DType;
import org.bitindex.matrix.Tensor;
import org.jspecify.annotations.Nullable;

/** One TensorProto, read field by field. */
final class OnnxTensor {
  private static final int MAX_DIMENSIONS = 64;
  private static final long EXTERNAL = 1;

  private final MappedFile file;
  private final CodedInputStream in;
  private final List<Long> shape = new ArrayList<>();
  private final ByteArrayOutputStream elements = new ByteArrayOutputStream();
  private String name = "";
  private int dataType;
  private boolean external;
  private @Nullable MemorySegment raw;

  /** Takes one integer of a field. */
  @FunctionalInterface
  private interface IntegerSink {
    void add(long value) throws IOException;
  }

  OnnxTensor(MappedFile file, CodedInputStream in) {
    this.file = file;
    this.in = in;
  }

  /** Reads one field; false if it is not wanted. */
  boolean readField(int number, int wireType) throws IOException {
    switch (number) {
      case 1 -> readIntegers(wireType, this::addDimension);
      case 2 -> dataType = in.readInt32();
      case 5, 7, 11 -> readIntegers(wireType, this::addElement); // int32, int64, uint64 data
      case 8 -> name = OnnxGraph.readString(in);
      // Packed floats and doubles are the same bytes as raw data.
      case 4, 9, 10 -> readRaw(wireType);
      case 14 -> external |= in.readInt64() == EXTERNAL;
      default -> {
        return false;
      }
    }
    return true;
  }

  Tensor build() throws EncodedFormatException {
    if (external) {
      throw file.bad(name, "its data lies in another file, which is not supported");
    }
    MemorySegment data = raw == null ? MemorySegment.ofArray(elements.toByteArray()) : raw;
    try {
      return new Tensor(name, type(), shape, data);
    } catch (IllegalArgumentException e) {
      throw file.bad(String.valueOf(e.getMessage()));
    }
  }

  /** The type by its number in TensorProto.DataType. */
  private DType type() throws EncodedFormatException {
    return switch (dataType) {
      case 1 -> DType.F32;
      case 2 -> DType.U8;
      case 3 -> DType.I8;
      case 4 -> DType.U16;
      case 5 -> DType.I16;
      case 6 -> DType.I32;
      case 7 -> DType.I64;
      case 9 -> DType.BOOL;
      case 10 -> DType.F16;
      case 11 -> DType.F64;
      case 12 -> DType.U32;
      case 13 -> DType.U64;
      case 14 -> DType.C64;
      case 16 -> DType.BF16;
      default -> throw file.bad(name, "data type is " + dataType + ", which cannot be read");
    };
  }

  private void addDimension(long size) throws EncodedFormatException {
    if (shape.size() == MAX_DIMENSIONS) {
      throw file.bad(name, "has more than " + MAX_DIMENSIONS + " dimensions");
    }
    shape.add(size);
  }

  /** Stores the low bytes of an integer; writers put the type before the elements. */
  private void addElement(long value) throws EncodedFormatException {
    int bytes = type().bytes();
    for (int i = 0; i < bytes; i++) {
      elements.write((int) (value >>> (8 * i)));
    }
  }

  private void readIntegers(int wireType, IntegerSink sink) throws IOException {
    if (wireType != WireFormat.WIRETYPE_LENGTH_DELIMITED) {
      sink.add(in.readRawVarint64());
      return;
    }
    int outer = in.pushLimit(in.readRawVarint32());
    while (in.getBytesUntilLimit() > 0) {
      sink.add(in.readRawVarint64());
    }
    in.popLimit(outer);
  }

  private void readRaw(int wireType) throws IOException {
    if (wireType != WireFormat.WIRETYPE_LENGTH_DELIMITED || raw != null) {
      throw file.bad(name, "its data comes in several pieces, which is not supported");
    }
    int length = in.readRawVarint32();
    long start = in.getTotalBytesRead();
    in.skipRawBytes(length); // checks the length
    raw = file.data().asSlice(start, length);
  }
}
