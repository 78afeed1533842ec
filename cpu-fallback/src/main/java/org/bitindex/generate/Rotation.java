package org.bitindex.generate;

/** Turns the pairs of features of heads by the angles of a {@link Rope}. */
public final class Rotation {
  private final int headDimension;
  private final double[] frequencies;
  private final double stretch;
  private final boolean neighbours;

  /** The rotation of heads of {@code headDimension} features. */
  public Rotation(Rope rope, int headDimension) {
    this.headDimension = headDimension;
    this.frequencies = rope.frequencies(headDimension);
    this.stretch = rope.stretch();
    this.neighbours = rope.pairs() == Rope.Pairs.NEIGHBOURS;
  }

  /** Turns the heads that begin at {@code row} by their angles at {@code position}. */
  public void turn(float[] x, int row, int heads, int position) {
    turn(x, row, heads, position, 1);
  }

  /** Turns them by the opposite angles: takes derivatives to those before {@link #turn}. */
  public void turnBack(float[] x, int row, int heads, int position) {
    turn(x, row, heads, position, -1);
  }

  private void turn(float[] x, int row, int heads, int position, int direction) {
    int half = frequencies.length;
    for (int i = 0; i < half; i++) {
      double angle = position * frequencies[i];
      float cosine = (float) (StrictMath.cos(angle) * stretch);
      float sine = (float) (StrictMath.sin(angle) * stretch * direction);
      for (int head = 0; head < heads; head++) {
        int first = row + head * headDimension + (neighbours ? 2 * i : i);
        int second = first + (neighbours ? 1 : half);
        float a = x[first];
        float b = x[second];
        x[first] = a * cosine - b * sine;
        x[second] = a * sine + b * cosine;
      }
    }
  }
}
