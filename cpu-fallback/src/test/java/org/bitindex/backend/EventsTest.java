package org.bitindex.backend;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.bitindex.code.Code;
import org.bitindex.encode.Coding;
import org.bitindex.encode.Recipe;
import org.bitindex.matrix.DenseMatrix;
import org.bitindex.matrix.EncodedMatrix;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What Java Flight Recorder sees, and what it costs where nobody records. */
class EventsTest {
  private static final Recipe RECIPE = new Recipe(new Coding.LeastSquares(new Code.Symmetric(3)));

  private static EncodedMatrix weights() {
    float[] values = new float[20 * 130];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) Math.sin(i);
    }
    return RECIPE.encode(DenseMatrix.of(20, 130, values));
  }

  private static RecordedEvent last(Map<String, List<RecordedEvent>> events, String name) {
    return Objects.requireNonNull(events.get("org.bitindex." + name)).getLast();
  }

  @Test
  void planPrepareAndExecuteAreRecorded(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("r.jfr");
    try (Recording recording = new Recording()) {
      for (String name : List.of("Plan", "Prepare", "Execute")) {
        recording.enable("org.bitindex." + name).withThreshold(Duration.ZERO);
      }
      recording.start();
      try (EncodedMatrix weights = weights();
          Backend backend = Backends.open("vector", 1);
          Plan plan = backend.plan(weights)) {
        plan.prepare(3);
        plan.execute(new float[3 * 130], 3, new float[3 * 20]);
      }
      recording.stop();
      recording.dump(file);
    }
    Map<String, List<RecordedEvent>> events =
        RecordingFile.readAllEvents(file).stream()
            .collect(Collectors.groupingBy(event -> event.getEventType().getName()));
    RecordedEvent plan = last(events, "Plan");
    assertThat(plan.getString("backend")).isEqualTo("vector");
    assertThat(plan.getInt("layers")).isEqualTo(1);
    assertThat(plan.getInt("inputColumns")).isEqualTo(130);
    assertThat(plan.getInt("outputColumns")).isEqualTo(20);
    assertThat(plan.getInt("activationBits")).isEqualTo(24);
    assertThat(plan.getLong("weightBytes")).isPositive();
    RecordedEvent prepare = last(events, "Prepare");
    assertThat(prepare.getInt("rows")).isEqualTo(20);
    assertThat(prepare.getInt("columns")).isEqualTo(130);
    assertThat(prepare.getInt("batch")).isEqualTo(4);
    assertThat(prepare.getString("strategy")).isNotEmpty();
    assertThat(prepare.getLong("preparedBytes")).isPositive();
    RecordedEvent execute = last(events, "Execute");
    assertThat(execute.getInt("batch")).isEqualTo(3);
    assertThat(execute.getInt("inputColumns")).isEqualTo(130);
    assertThat(execute.getInt("outputColumns")).isEqualTo(20);
    assertThat(execute.getDuration()).isPositive();
  }

  @Test
  void nothingIsAllocatedWhereNobodyRecords() {
    var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    try (EncodedMatrix weights = weights();
        Plan plan = new EmptyPlan(weights)) {
      float[] x = new float[130];
      float[] y = new float[20];
      plan.execute(x, 1, y);
      long before = threads.getCurrentThreadAllocatedBytes();
      for (int i = 0; i < 10_000; i++) {
        plan.execute(x, 1, y);
      }
      // An event would take 32 bytes a call.
      assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(10_000);
    }
  }

  /** What a plan costs beside its work. */
  private static final class EmptyPlan extends Plan {
    EmptyPlan(EncodedMatrix weights) {
      super(List.of(Linear.of(weights)));
    }

    @Override
    public long preparedBytes() {
      return 0;
    }

    @Override
    protected void run(float[] input, int at, int batch, float[] output, int outputAt) {}

    @Override
    protected void release() {}
  }
}
