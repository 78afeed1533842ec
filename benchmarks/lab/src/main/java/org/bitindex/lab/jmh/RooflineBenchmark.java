package org.bitindex.lab.jmh;

import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;
import org.openjdk.jmh.annotations.Benchmark;

/** What one thread of this machine reaches at most: additions from L1, and reads from memory. */
public class RooflineBenchmark extends AverageTime {
  /** Integers that lie in any L1 cache: 16 KiB. */
  static final int L1_INTS = 4096;

  /** Integers that lie in no cache: 256 MiB. */
  static final int MEMORY_INTS = 1 << 26;

  private static final VectorSpecies<Integer> LANES = IntVector.SPECIES_PREFERRED;

  private final int[] near = new int[L1_INTS];
  private int[] far = new int[0];

  /** Loads and adds {@link #L1_INTS} integers. */
  @Benchmark
  public int addFromL1() {
    return sum(near);
  }

  /** Loads and adds {@link #MEMORY_INTS} integers. */
  @Benchmark
  public int addFromMemory() {
    if (far.length == 0) {
      far = new int[MEMORY_INTS]; // not for the other benchmark
    }
    return sum(far);
  }

  /** Eight sums, so that loads and not the latency of additions are the limit. */
  private static int sum(int[] values) {
    int step = LANES.length();
    var a = IntVector.zero(LANES);
    var b = a;
    var c = a;
    var d = a;
    var e = a;
    var f = a;
    var g = a;
    var h = a;
    for (int i = 0; i < values.length; i += 8 * step) {
      a = a.add(IntVector.fromArray(LANES, values, i));
      b = b.add(IntVector.fromArray(LANES, values, i + step));
      c = c.add(IntVector.fromArray(LANES, values, i + 2 * step));
      d = d.add(IntVector.fromArray(LANES, values, i + 3 * step));
      e = e.add(IntVector.fromArray(LANES, values, i + 4 * step));
      f = f.add(IntVector.fromArray(LANES, values, i + 5 * step));
      g = g.add(IntVector.fromArray(LANES, values, i + 6 * step));
      h = h.add(IntVector.fromArray(LANES, values, i + 7 * step));
    }
    return a.add(b).add(c).add(d).add(e).add(f).add(g).add(h).reduceLanes(VectorOperators.ADD);
  }
}
