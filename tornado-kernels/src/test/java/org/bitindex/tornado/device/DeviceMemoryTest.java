package org.bitindex.tornado.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.bitindex.BackendException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DeviceMemoryTest {
  @ParameterizedTest
  @CsvSource({"7,7", "7B,7", "16MB,16777216", "4GB,4294967296", "3kb,3072"})
  void readsSizesAsTornadoVmDoes(String size, long bytes) {
    assertThat(DeviceMemory.parse(size)).isEqualTo(bytes);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "GB", "4G", "four"})
  void namesASizeThatIsNone(String size) {
    assertThatExceptionOfType(BackendException.class)
        .isThrownBy(() -> DeviceMemory.parse(size))
        .withMessageContaining("=" + size + " ");
  }
}
