package org.bitindex.lab.mnist;

/** How much an encoded network was adapted to its weights and inputs. */
enum Calibrating {
  ENCODED("min-max"),
  LEAST_SQUARES("least squares"),
  CALIBRATED("calibrated");

  private final String title;

  Calibrating(String title) {
    this.title = title;
  }

  /** A heading for tables. */
  String title() {
    return title;
  }
}
