package org.bitindex.tornado;

import java.util.Optional;
import java.util.Properties;

/** The flags with which the JVM must be started; looked at by name, before TornadoVM is loaded. */
final class Flags {
  private static final String API = "uk.ac.manchester.tornado.api.TornadoExecutionPlan";
  private static final String RUNTIME = "tornado.load.runtime.implementation";
  private static final String RECOVER = "tornado.recover.bailout";
  private static final String FMA = "tornado.enable.fma";

  private Flags() {}

  /** Why TornadoVM cannot work in a JVM with these system properties, if so. */
  static Optional<String> obstacle(Properties properties) {
    if (properties.getProperty(RUNTIME) == null) {
      return Optional.of(
          System.getenv("TORNADOVM_HOME") == null
              ? "TORNADOVM_HOME is not set and the flags of TornadoVM's SDK are missing"
              : "the flags of TornadoVM's SDK (tornado-argfile) are missing");
    }
    if (!isPresent(API)) {
      return Optional.of("TornadoVM's API is not on the module path");
    }
    // By default a kernel that does not compile silently runs in Java.
    if (Boolean.parseBoolean(properties.getProperty(RECOVER, "true"))) {
      return Optional.of("-D" + RECOVER + "=false is missing");
    }
    // Without it, a * b + c in a kernel is rounded twice.
    if (!Boolean.parseBoolean(properties.getProperty(FMA, "true"))) {
      return Optional.of("-D" + FMA + " is false");
    }
    return Optional.empty();
  }

  private static boolean isPresent(String className) {
    try {
      Class.forName(className, false, Flags.class.getClassLoader());
      return true;
    } catch (ClassNotFoundException _) {
      return false;
    }
  }
}
