package org.bitindex.backend.vector.product;

import java.util.List;
import java.util.Set;
import org.bitindex.backend.Arithmetic;
import org.bitindex.backend.vector.kernel.LookupFormat;

/**
 * How batches of some size are multiplied by a matrix.
 *
 * @param division of the matrix
 * @param products their sum is Q
 * @param forms what they read
 * @param planes the most planes that a product sums at once
 * @param sharedAbove samples above which the help of threads pays that wait awake
 * @param wokenAbove samples above which waking them pays
 */
public record Choice(
    Division division,
    List<PartProduct> products,
    Set<Form> forms,
    int planes,
    double sharedAbove,
    double wokenAbove) {
  /** No product. */
  public static final Choice NOTHING =
      new Choice(
          new Division(
              0,
              1,
              0,
              Arithmetic.MAX_ACTIVATION_BITS,
              new LookupFormat(Short.SIZE, 0, false, 2),
              0,
              false),
          List.of(),
          Set.of(),
          0,
          0,
          0);

  /** Whether products leave their sums across the lanes, see {@link Scratch}. */
  boolean acrossLanes() {
    return packed() || forms.contains(Form.PANELS);
  }

  /** Whether lanes hold two samples. */
  boolean packed() {
    return forms.contains(Form.PACKED_PANELS) || forms.contains(Form.PACKED_GROUPS);
  }

  /** Whether threads share a batch, where they wait {@code awake} or would have to be woken. */
  public boolean shares(int batch, boolean awake) {
    return batch > (awake ? sharedAbove : wokenAbove);
  }

  /** Makes room for the products of a part with whole tiles of {@code samples}. */
  public void reserve(Scratch scratch, int samples) {
    if (acrossLanes()) {
      scratch.reserveLanes(division.partRows(), planes);
    } else {
      scratch.reserveRows(division.partRows(), samples);
    }
  }

  /**
   * Multiplies one tile by one part of the rows.
   *
   * @param y receives float(Q) as [sample of the tile][row], rows apart, from {@code at} on
   */
  public void multiply(Activations x, int tile, int part, Scratch scratch, float[] y, int at) {
    if (!acrossLanes()) {
      if (!forms.contains(Form.PAIRS)) { // which comes alone, and sets Q
        scratch.clearRows(division, x.samples(tile));
      }
      add(x, tile, part, scratch);
      scratch.writeRows(division, part, x.samples(tile), y, at);
      return;
    }
    int lanes = x.lanes();
    scratch.clearLanes(division, part, x.vectors(tile));
    add(x, tile, part, scratch);
    for (int vector = 0; vector < x.vectors(tile); vector++) {
      int samples = Math.min(lanes, x.samples(tile) - vector * lanes);
      int to = at + vector * lanes * division.rows();
      scratch.writeLanes(division, part, vector, samples, y, to);
    }
  }

  private void add(Activations x, int tile, int part, Scratch scratch) {
    for (int i = 0; i < products.size(); i++) {
      products.get(i).add(x, tile, part, scratch);
    }
  }
}
