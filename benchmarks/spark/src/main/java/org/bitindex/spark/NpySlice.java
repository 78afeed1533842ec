package org.bitindex.spark;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/** Rows {@code firstRow} to {@code endRow} - 1 of a .npy file. */
record NpySlice(String path, int firstRow, int endRow) implements Serializable {
  /**
   * Cuts the rows of files into {@code count} parts, whose sizes differ by one row at most.
   *
   * @param files slices that are whole files
   * @param rows the sum of their rows
   */
  static List<ArrayList<NpySlice>> cut(List<NpySlice> files, long rows, int count) {
    List<ArrayList<NpySlice>> parts = new ArrayList<>();
    for (int part = 0; part < count; part++) {
      parts.add(overlap(files, rows * part / count, rows * (part + 1) / count));
    }
    return parts;
  }

  /** The slices of rows {@code begin} to {@code end} - 1 of all files, one after the other. */
  private static ArrayList<NpySlice> overlap(List<NpySlice> files, long begin, long end) {
    ArrayList<NpySlice> slices = new ArrayList<>();
    long start = 0;
    for (NpySlice file : files) {
      long first = Math.max(0, begin - start);
      long last = Math.min(file.endRow, end - start);
      if (first < last) {
        slices.add(new NpySlice(file.path, (int) first, (int) last));
      }
      start += file.endRow;
    }
    return slices;
  }
}
