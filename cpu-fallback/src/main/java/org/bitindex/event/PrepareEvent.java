package org.bitindex.event;

import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** Weights were prepared for batches of some size; once for each size. */
@Name("org.bitindex.Prepare")
@Label("Prepare")
@Category("Bit-Index Encoding")
@Description("A matrix met a batch of a new size, and a way to multiply was chosen and prepared")
@StackTrace(false)
public final class PrepareEvent extends Event {
  /** Rows of the matrix. */
  @Label("Rows")
  public int rows;

  /** Columns of the matrix. */
  @Label("Columns")
  public int columns;

  /** The largest batch that this choice is for. */
  @Label("Batch")
  public int batch;

  /** The ways to multiply, and how many planes each takes. */
  @Label("Strategy")
  public String strategy = "";

  /** Bytes of all that is prepared of this matrix now. */
  @Label("Prepared")
  @DataAmount
  public long preparedBytes;

  /** An event that has not begun. */
  public PrepareEvent() {}
}
