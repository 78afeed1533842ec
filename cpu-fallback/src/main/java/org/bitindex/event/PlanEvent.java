package org.bitindex.event;

import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** A backend made a plan; made rarely, so that it may cost something. */
@Name("org.bitindex.Plan")
@Label("Plan")
@Category("Bit-Index Encoding")
@Description("Layers were prepared by a backend")
@StackTrace(false)
public final class PlanEvent extends Event {
  /** The backend's name. */
  @Label("Backend")
  public String backend = "";

  /** Number of layers. */
  @Label("Layers")
  public int layers;

  /** Features of a sample. */
  @Label("Input Columns")
  public int inputColumns;

  /** Outputs of a sample. */
  @Label("Output Columns")
  public int outputColumns;

  /** Significant bits of an activation. */
  @Label("Activation Bits")
  public int activationBits;

  /** Bytes of the encoded weights. */
  @Label("Encoded Weights")
  @DataAmount
  public long weightBytes;

  /** Bytes that the plan holds beside them. */
  @Label("Prepared")
  @DataAmount
  public long preparedBytes;

  /** An event that has not begun. */
  public PlanEvent() {}
}
