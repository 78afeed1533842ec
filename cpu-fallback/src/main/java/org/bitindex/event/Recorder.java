package org.bitindex.event;

import jdk.jfr.FlightRecorder;

/** Asked before the first event is made: loading the recorder's classes takes a fresh JVM 0.2 s. */
public final class Recorder {
  private Recorder() {}

  /** Whether anything was ever recorded in this JVM. */
  public static boolean isStarted() {
    return FlightRecorder.isInitialized();
  }
}
