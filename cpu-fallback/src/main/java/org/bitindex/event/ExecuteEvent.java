package org.bitindex.event;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import org.jspecify.annotations.Nullable;

/** A plan was executed; costs a test of a flag where nobody records. */
@Name("org.bitindex.Execute")
@Label("Execute")
@Category("Bit-Index Encoding")
@Description("A batch of samples went through the layers of a plan")
@StackTrace(false)
public final class ExecuteEvent extends Event {
  /** Asked whether anybody records, so that nothing is allocated where nobody does. */
  private static final ExecuteEvent PROBE = new ExecuteEvent();

  /** Features of a sample. */
  @Label("Input Columns")
  public int inputColumns;

  /** Outputs of a sample. */
  @Label("Output Columns")
  public int outputColumns;

  /** Number of samples. */
  @Label("Batch")
  public int batch;

  private ExecuteEvent() {}

  /** A running event, or null where nobody records. */
  public static @Nullable ExecuteEvent start() {
    if (!PROBE.isEnabled()) {
      return null;
    }
    var event = new ExecuteEvent();
    event.begin();
    return event;
  }

  /** Ends the event of {@link #start}. */
  public void finish(int columns, int outputs, int samples) {
    inputColumns = columns;
    outputColumns = outputs;
    batch = samples;
    commit();
  }
}
