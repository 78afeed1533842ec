package org.bitindex.backend.vector.product;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.bitindex.backend.vector.kernel.LookupFormat;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DivisionTest {
  /** Multiples of 64; as many for each thread; planes of a part take 512 KiB; 1024 at most. */
  @ParameterizedTest
  @CsvSource({
    "1, 100, 1, 1, 64",
    "64, 100, 1, 1, 64",
    "65, 100, 1, 1, 128",
    "1000, 100, 1, 1, 1024",
    "1024, 100, 1, 1, 1024",
    "1025, 100, 1, 1, 576",
    "1000, 100, 1, 2, 512",
    "1000, 100, 1, 3, 384",
    "4096, 100, 1, 3, 704",
    "4096, 4096, 4, 1, 256",
    "4096, 4096, 4, 3, 256",
    "4096, 8192, 8, 2, 64",
    "4096, 100000, 8, 2, 64",
    "5000, 1, 1, 2, 896",
    "0, 100, 1, 2, 64",
  })
  void arePartsForACacheAndForAllThreads(
      int rows, int columns, int planes, int threads, int partRows) {
    assertThat(Division.partRows(rows, columns, planes, threads)).isEqualTo(partRows);
    var division =
        new Division(
            rows, partRows, columns, 24, new LookupFormat(8, columns, false, 2), 240, false);
    assertThat(division.parts()).isEqualTo(Math.ceilDiv(rows, partRows));
    assertThat(IntStream.range(0, division.parts()).map(division::size).sum()).isEqualTo(rows);
    assertThat(
            IntStream.range(0, division.parts()).allMatch(i -> division.first(i) == i * partRows))
        .isTrue();
  }
}
