/** Bit-Index Encoding: codes, layouts, files, and products on the CPU. */
module org.bitindex {
  requires static jdk.incubator.vector;
  requires static org.jspecify;
  requires com.fasterxml.jackson.core;
  requires com.fasterxml.jackson.databind;
}
