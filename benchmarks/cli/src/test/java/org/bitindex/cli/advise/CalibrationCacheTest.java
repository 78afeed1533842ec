package org.bitindex.cli.advise;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CalibrationCacheTest {
  @TempDir private Path folder;

  @Test
  void cacheGivesBackWhatItKeptForTheSameMachineOnly() throws IOException {
    var products = List.of(new TimedProduct("binary", 1, 2, 0.5, 0.25, 1e-6));
    var identity = new CalibrationCache.Identity("cpu", 2, "jdk", "none", "vector", "1", 1);
    var other = new CalibrationCache.Identity("cpu", 2, "jdk", "none", "vector", "2", 1);
    var cache = new CalibrationCache(folder.resolve("new"), identity);
    assertThat(cache.load()).isEmpty();
    cache.save(products);
    assertThat(cache.load()).contains(products);
    assertThat(new CalibrationCache(folder.resolve("new"), other).load()).isEmpty();
    Files.copy(cache.file(), new CalibrationCache(folder, other).file());
    assertThat(new CalibrationCache(folder, other).load()).isEmpty();
    Files.writeString(cache.file(), "{");
    assertThat(cache.load()).isEmpty();
  }
}
