package org.bitindex.layout;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.bitindex.EncodedFormatException;
import org.bitindex.internal.Parallel;

/** Planes that are stored each for itself. */
final class SeparatePlanes implements StoredPlanes {
  private final int[] coefficients;
  private final List<Plane> planes;

  private SeparatePlanes(int[] coefficients, List<Plane> planes) {
    this.coefficients = coefficients;
    this.planes = planes;
  }

  /** Stores one plane. */
  @FunctionalInterface
  interface Store {
    Plane plane(BitMatrix bits, int threads);
  }

  /** Makes a plane of its stored arrays, whose names are those within the plane. */
  @FunctionalInterface
  interface Open {
    Plane plane(long setBits, Map<String, StoredArray> arrays) throws EncodedFormatException;
  }

  /** Stores planes side by side, each on its share of the threads. */
  static SeparatePlanes store(int[] coefficients, List<BitMatrix> bits, int threads, Store store) {
    Plane[] planes = new Plane[bits.size()];
    int threadsOfPlane = Math.max(1, threads / planes.length);
    Parallel.forRows(
        threads,
        planes.length,
        (from, to) -> {
          for (int p = from; p < to; p++) {
            planes[p] = store.plane(bits.get(p), threadsOfPlane);
          }
        });
    return new SeparatePlanes(coefficients, List.of(planes));
  }

  static SeparatePlanes open(
      int[] coefficients, List<Long> setBits, Map<String, StoredArray> arrays, Open open)
      throws EncodedFormatException {
    List<Plane> planes = new ArrayList<>();
    for (int p = 0; p < coefficients.length; p++) {
      Map<String, StoredArray> own = new HashMap<>();
      for (StoredArray array : arrays.values()) {
        if (array.name().startsWith(prefix(p))) {
          String name = array.name().substring(prefix(p).length());
          own.put(name, new StoredArray(name, array.type(), array.data()));
        }
      }
      try {
        planes.add(open.plane(setBits.get(p), own));
      } catch (EncodedFormatException e) {
        throw new EncodedFormatException("plane " + p + ": " + e.getMessage(), e);
      }
    }
    return new SeparatePlanes(coefficients, planes);
  }

  private static String prefix(int plane) {
    return "plane" + plane + ".";
  }

  @Override
  public int rows() {
    return planes.getFirst().rows();
  }

  @Override
  public int columns() {
    return planes.getFirst().columns();
  }

  @Override
  public int count() {
    return planes.size();
  }

  @Override
  public Layout layout() {
    return planes.getFirst().layout();
  }

  @Override
  public long setBits(int plane) {
    return planes.get(plane).setBits();
  }

  @Override
  public PlaneReader reader() {
    return (row, words) -> {
      for (int p = 0; p < planes.size(); p++) {
        planes.get(p).readRow(row, words[p]);
      }
    };
  }

  @Override
  public StoredPlanes first(int count) {
    Objects.checkIndex(count - 1, planes.size());
    return new SeparatePlanes(
        IntStream.of(coefficients).limit(count).toArray(), planes.subList(0, count));
  }

  @Override
  public List<StoredArray> arrays() {
    List<StoredArray> arrays = new ArrayList<>();
    for (int p = 0; p < planes.size(); p++) {
      for (StoredArray array : planes.get(p).arrays()) {
        arrays.add(new StoredArray(prefix(p) + array.name(), array.type(), array.data()));
      }
    }
    return arrays;
  }

  @Override
  public void verify() throws EncodedFormatException {
    for (int p = 0; p < planes.size(); p++) {
      try {
        planes.get(p).verify();
      } catch (EncodedFormatException e) {
        throw new EncodedFormatException("plane " + p + ": " + e.getMessage(), e);
      }
    }
    verifySigns();
  }

  /** A weight has bits in planes of one sign only. */
  private void verifySigns() throws EncodedFormatException {
    PlaneReader reader = reader();
    int wordCount = BitMatrix.wordsPerRow(columns());
    long[][] words = new long[count()][wordCount];
    for (int row = 0; row < rows(); row++) {
      reader.readRow(row, words);
      for (int w = 0; w < wordCount; w++) {
        long positive = 0;
        long negative = 0;
        for (int p = 0; p < coefficients.length; p++) {
          positive |= coefficients[p] > 0 ? words[p][w] : 0;
          negative |= coefficients[p] < 0 ? words[p][w] : 0;
        }
        if ((positive & negative) != 0) {
          throw new EncodedFormatException(
              "row %d, column %d has bits in planes of both signs"
                  .formatted(row, (w << 6) + Long.numberOfTrailingZeros(positive & negative)));
        }
      }
    }
  }
}
