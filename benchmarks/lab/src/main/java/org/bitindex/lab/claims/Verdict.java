package org.bitindex.lab.claims;

/** What the measurements say of a claim. */
public enum Verdict {
  HOLDS("holds"),
  HOLDS_UNDER_CONDITIONS("holds under stated conditions"),
  DOES_NOT_HOLD("does not hold"),
  NOT_MEASURED("not measured");

  private final String text;

  Verdict(String text) {
    this.text = text;
  }

  /** Holds if {@code all} cases do, under conditions if {@code some} do. */
  static Verdict of(boolean all, boolean some) {
    if (all) {
      return HOLDS;
    }
    return some ? HOLDS_UNDER_CONDITIONS : DOES_NOT_HOLD;
  }

  @Override
  public String toString() {
    return text;
  }
}
