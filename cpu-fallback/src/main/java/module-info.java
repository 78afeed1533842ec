import org.bitindex.backend.BackendProvider;
import org.bitindex.backend.scalar.ScalarBackendProvider;
import org.bitindex.backend.vector.VectorBackendProvider;

/** Bit-Index Encoding: codes, layouts, files, and products on the CPU. */
module org.bitindex {
  requires static jdk.incubator.vector;
  requires static transitive org.jspecify;
  requires com.fasterxml.jackson.core;
  requires com.fasterxml.jackson.databind;
  requires jdk.jfr;

  exports org.bitindex;
  exports org.bitindex.backend;
  exports org.bitindex.baseline;
  exports org.bitindex.calibrate;
  exports org.bitindex.calibrate.network;
  exports org.bitindex.code;
  exports org.bitindex.embed;
  exports org.bitindex.encode;
  exports org.bitindex.generate;
  exports org.bitindex.generate.train;
  exports org.bitindex.graph;
  exports org.bitindex.graph.conformance;
  exports org.bitindex.graph.operator;
  exports org.bitindex.graph.tensor;
  exports org.bitindex.graph.train;
  exports org.bitindex.io;
  exports org.bitindex.layout;
  exports org.bitindex.matrix;
  exports org.bitindex.nn;
  exports org.bitindex.nn.train;
  exports org.bitindex.onnx;
  exports org.bitindex.text;

  uses BackendProvider;

  provides BackendProvider with
      VectorBackendProvider,
      ScalarBackendProvider;
}
