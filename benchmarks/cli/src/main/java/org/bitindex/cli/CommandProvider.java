package org.bitindex.cli;

import java.util.List;

/** Commands that another jar on the class path adds to {@code bie}; found by ServiceLoader. */
public interface CommandProvider {
  /** Classes that picocli makes commands of. */
  List<Class<?>> commands();
}
