package org.bitindex.lab.peers;

import static org.bytedeco.mkl.global.mkl_rt.MKL_Set_Num_Threads_Local;
import static org.bytedeco.mkl.global.mkl_rt.SPARSE_INDEX_BASE_ZERO;
import static org.bytedeco.mkl.global.mkl_rt.SPARSE_LAYOUT_ROW_MAJOR;
import static org.bytedeco.mkl.global.mkl_rt.SPARSE_MATRIX_TYPE_GENERAL;
import static org.bytedeco.mkl.global.mkl_rt.SPARSE_OPERATION_NON_TRANSPOSE;
import static org.bytedeco.mkl.global.mkl_rt.SPARSE_STATUS_SUCCESS;
import static org.bytedeco.mkl.global.mkl_rt.mkl_sparse_destroy;
import static org.bytedeco.mkl.global.mkl_rt.mkl_sparse_optimize;
import static org.bytedeco.mkl.global.mkl_rt.mkl_sparse_s_create_csr;
import static org.bytedeco.mkl.global.mkl_rt.mkl_sparse_s_mm;
import static org.bytedeco.mkl.global.mkl_rt.mkl_sparse_s_mv;
import static org.bytedeco.mkl.global.mkl_rt.mkl_sparse_set_mm_hint;
import static org.bytedeco.mkl.global.mkl_rt.mkl_sparse_set_mv_hint;

import java.lang.foreign.Arena;
import java.nio.FloatBuffer;
import org.bitindex.matrix.CsrMatrix;
import org.bitindex.matrix.DenseMatrix;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.mkl.global.mkl_rt.matrix_descr;
import org.bytedeco.mkl.global.mkl_rt.sparse_matrix;

/**
 * MKL's inspector-executor product Y<sup>T</sup> = W X<sup>T</sup> through JavaCPP, W in compressed
 * sparse rows and optimised for many calls: {@code mkl_sparse_s_mv} for one sample, {@code
 * mkl_sparse_s_mm} for more.
 */
final class MklCsrPeer implements Peer {
  private static final int MANY_CALLS = 1_000_000;

  private final PeerShape shape;
  private final float[] weights;
  private final Arena arena = Arena.ofShared();
  private final FloatBuffer input;
  private final FloatBuffer output;
  private final FloatPointer x;
  private final FloatPointer y;
  // MKL reads the three arrays in place.
  private final IntPointer rowOffsets;
  private final IntPointer columnIndices;
  private final FloatPointer values;
  private final sparse_matrix sparse = new sparse_matrix();
  private final matrix_descr general = new matrix_descr().type(SPARSE_MATRIX_TYPE_GENERAL);

  MklCsrPeer(float[] weights, PeerShape shape) {
    this.shape = shape;
    this.weights = weights;
    CsrMatrix csr = CsrMatrix.of(DenseMatrix.of(shape.rows(), shape.columns(), weights));
    rowOffsets = new IntPointer(csr.rowOffsets());
    columnIndices = new IntPointer(csr.columnIndices());
    values = new FloatPointer(csr.values());
    input = Buffers.allocate(arena, (long) shape.batch() * shape.columns());
    output = Buffers.allocate(arena, (long) shape.batch() * shape.rows());
    x = new FloatPointer(input);
    y = new FloatPointer(output);
    optimise();
  }

  private void optimise() {
    MKL_Set_Num_Threads_Local(shape.threads());
    check(
        mkl_sparse_s_create_csr(
            sparse,
            SPARSE_INDEX_BASE_ZERO,
            shape.rows(),
            shape.columns(),
            rowOffsets,
            rowOffsets.getPointer(1),
            columnIndices,
            values));
    int plain = SPARSE_OPERATION_NON_TRANSPOSE;
    check(
        shape.batch() == 1
            ? mkl_sparse_set_mv_hint(sparse, plain, general, MANY_CALLS)
            : mkl_sparse_set_mm_hint(
                sparse, plain, general, SPARSE_LAYOUT_ROW_MAJOR, shape.batch(), MANY_CALLS));
    check(mkl_sparse_optimize(sparse));
  }

  @Override
  public void input(float[] samples) {
    float[] transposed = new float[input.capacity()];
    Buffers.transpose(samples, shape.batch(), shape.columns(), transposed);
    input.put(0, transposed);
  }

  @Override
  public void multiply() {
    MKL_Set_Num_Threads_Local(shape.threads()); // for calls from this thread
    int plain = SPARSE_OPERATION_NON_TRANSPOSE;
    int n = shape.batch();
    check(
        n == 1
            ? mkl_sparse_s_mv(plain, 1, sparse, general, x, 0, y)
            : mkl_sparse_s_mm(
                plain, 1, sparse, general, SPARSE_LAYOUT_ROW_MAJOR, x, n, n, 0, y, n));
  }

  @Override
  public void output(float[] target) {
    float[] transposed = new float[output.capacity()];
    output.get(0, transposed);
    Buffers.transpose(transposed, shape.rows(), shape.batch(), target);
  }

  @Override
  public float[] weights() {
    return weights;
  }

  @Override
  public void close() {
    check(mkl_sparse_destroy(sparse));
    rowOffsets.close();
    columnIndices.close();
    values.close();
    arena.close();
  }

  private static void check(int status) {
    if (status != SPARSE_STATUS_SUCCESS) {
      throw new IllegalStateException("MKL answers with status " + status);
    }
  }
}
