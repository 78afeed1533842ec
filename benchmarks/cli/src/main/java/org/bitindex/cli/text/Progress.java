package org.bitindex.cli.text;

import java.io.Console;
import java.util.BitSet;
import java.util.Optional;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import org.bitindex.matrix.Weights;
import org.jspecify.annotations.Nullable;

/**
 * A progress bar while a person watches; nothing in pipes and scripts. It goes to standard output,
 * which is a terminal then; standard error may lead to a file, into which no bar belongs.
 */
public final class Progress implements AutoCloseable {
  private static final int WIDTH = 80;

  private final @Nullable ProgressBar bar;

  private Progress(@Nullable ProgressBar bar) {
    this.bar = bar;
  }

  /** True while a person watches, so that progress should be shown. */
  public static boolean isWatched() {
    return Optional.ofNullable(System.console()).filter(Console::isTerminal).isPresent();
  }

  /**
   * Starts a bar.
   *
   * @param task a word or two, shown in front
   * @param steps number of steps until it is full
   */
  public static Progress start(String task, long steps) {
    if (!isWatched()) {
      return new Progress(null);
    }
    return new Progress(
        new ProgressBarBuilder()
            .setTaskName(task)
            .setInitialMax(steps)
            .setConsumer(new ConsoleProgressBarConsumer(System.out, WIDTH))
            .clearDisplayOnFinish()
            .build());
  }

  /** Moves on by {@code steps}. */
  public void step(long steps) {
    if (bar != null) {
      bar.stepBy(steps);
    }
  }

  /** The same weights; each row moves on by its columns when it is read first. */
  public Weights watch(Weights weights) {
    if (bar == null) {
      return weights;
    }
    int columns = weights.columns();
    BitSet seen = new BitSet(weights.rows());
    return weights.mapRows((row, _) -> {
      synchronized (seen) {
        if (!seen.get(row)) {
          seen.set(row);
          step(columns);
        }
      }
    });
  }

  /** Removes the bar. */
  @Override
  public void close() {
    if (bar != null) {
      bar.close();
    }
  }
}
