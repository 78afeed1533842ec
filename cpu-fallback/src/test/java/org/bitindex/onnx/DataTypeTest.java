package org.bitindex.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import org.bitindex.matrix.DType;
import org.junit.jupiter.api.Test;

class DataTypeTest {
  @Test
  void everyTypeOfAnArrayHasOneOfOnnxAndItsWidth() {
    for (DType type : DType.values()) {
      DataType own = DataType.of(type);
      if (type == DType.OTHER) {
        assertThat(own).isEqualTo(DataType.UNDEFINED);
      } else {
        assertThat(own.dType()).isEqualTo(type);
        assertThat(own.bits()).isEqualTo(8 * type.bytes());
        assertThat(own.isFloating()).isEqualTo(type.isFloating());
        assertThat(own.isInteger() || own == DataType.BOOL).isEqualTo(type.isInteger());
      }
    }
    assertThat(DataType.INT4.dType()).isEqualTo(DType.OTHER);
    assertThat(DataType.STRING.dType()).isEqualTo(DType.OTHER);
  }
}
