package org.bitindex.tornado.device;

import java.util.List;
import org.bitindex.BackendException;
import org.jspecify.annotations.Nullable;
import uk.ac.manchester.tornado.api.DataRange;
import uk.ac.manchester.tornado.api.ImmutableTaskGraph;
import uk.ac.manchester.tornado.api.TornadoExecutionPlan;
import uk.ac.manchester.tornado.api.TornadoExecutionResult;
import uk.ac.manchester.tornado.api.enums.ProfilerMode;
import uk.ac.manchester.tornado.api.enums.TornadoVMBackendType;
import uk.ac.manchester.tornado.api.exceptions.TornadoExecutionPlanException;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;

/**
 * Runs task graphs on a device, and makes an error of all that TornadoVM keeps silent about. Not
 * safe for use by many threads.
 */
public final class Launcher implements AutoCloseable {
  /**
   * Flags for OpenCL drivers: no warnings, and nothing that changes arithmetic. TornadoVM's own are
   * -cl-mad-enable and -cl-fast-relaxed-math.
   */
  private static final String COMPILER_FLAGS = "-w";

  private static final System.Logger LOGGER = System.getLogger(Launcher.class.getName());

  private final TornadoTarget target;
  private final List<Job> jobs;
  private final TornadoExecutionPlan plan;
  private long bytes;
  private @Nullable TornadoProfile profile;
  private @Nullable String failure;

  /**
   * Nothing is compiled or uploaded before a job's first launch.
   *
   * @param bytes of the arrays of all jobs on the device
   * @throws BackendException if so much is not free there
   */
  public Launcher(TornadoTarget target, List<Job> jobs, long bytes) {
    this.target = target;
    this.jobs = jobs;
    this.plan = new TornadoExecutionPlan(graphs(jobs));
    this.bytes = bytes + jobs.stream().mapToLong(Job::bytes).sum();
    plan.withDevice(target.device()).withCompilerFlags(TornadoVMBackendType.OPENCL, COMPILER_FLAGS);
    target.memory().take(this.bytes);
  }

  /**
   * TornadoVM allocates what the first kernel of a graph only writes as write-only, though later
   * kernels read it, and corrects that in plans of several graphs only. So one graph comes twice;
   * it runs once, and what never ran takes nothing of the device.
   */
  private static ImmutableTaskGraph[] graphs(List<Job> jobs) {
    List<Job> several = jobs.size() == 1 ? List.of(jobs.getFirst(), jobs.getFirst()) : jobs;
    return several.stream().map(job -> job.graph().snapshot()).toArray(ImmutableTaskGraph[]::new);
  }

  /**
   * Runs a job and waits for it.
   *
   * @param job its number
   * @param samples what {@code call[0]} tells the kernels, at least 1
   * @param output an array that its graph copies under demand
   * @param count elements of it that are copied
   * @throws BackendException if it failed, now or before, or a kernel did not run
   */
  public void launch(int job, int samples, TornadoNativeArray output, int count) {
    if (failure != null) { // TornadoVM may have freed or never made what it would use now
      throw new BackendException(target.name() + " failed before: " + failure);
    }
    Job launched = jobs.get(job);
    launched.call().init(0);
    launched.call().set(0, samples);
    launched.grids().resize(samples);
    execute(job, output, count);
    requireAllStages(launched);
  }

  private void execute(int job, TornadoNativeArray output, int count) {
    long start = System.nanoTime();
    try {
      TornadoExecutionResult result =
          plan.withGraph(job).withGridScheduler(jobs.get(job).grids().scheduler()).execute();
      // Its clocks are read before the outputs are copied, which TornadoVM does not time.
      TornadoProfile driver =
          profile == null ? null : TornadoProfile.of(result.getProfilerResult());
      long executed = System.nanoTime();
      if (count > 0) {
        result.transferToHost(new DataRange(output).withSize(count));
      }
      if (driver != null && profile != null) {
        long end = System.nanoTime();
        long bytesOut = (long) count * output.getElementSize();
        profile =
            profile
                .plus(driver)
                .plus(TornadoProfile.ofOutputs(end - start, end - executed, bytesOut));
      }
    } catch (RuntimeException | Error e) { // TornadoVM throws both
      failure = TornadoFailures.sentence(e);
      throw new BackendException(target.name() + " failed: " + failure, e);
    }
  }

  /**
   * The driver refuses some launches, and TornadoVM prints a line and goes on: each kernel leaves a
   * mark instead.
   */
  private void requireAllStages(Job job) {
    IntArray call = job.call();
    for (int stage = 0; stage < job.stages(); stage++) {
      if (call.get(1 + stage) != 1) {
        throw new BackendException(
            target.name() + " did not run kernel " + stage + " of " + job.stages());
      }
    }
  }

  /** Runs {@code launches} with the driver's clocks on, which makes each launch slower. */
  public TornadoProfile profile(Runnable launches) {
    profile = TornadoProfile.NONE;
    plan.withProfiler(ProfilerMode.SILENT);
    try {
      launches.run();
      return profile;
    } finally {
      profile = null;
      plan.withoutProfiler();
    }
  }

  /** Frees the device's memory. */
  @Override
  public void close() {
    try {
      plan.withAllGraphs().close();
    } catch (TornadoExecutionPlanException | RuntimeException | Error e) {
      // After a failed allocation TornadoVM throws over what it never had.
      LOGGER.log(System.Logger.Level.DEBUG, "closing a plan failed", e);
    } finally {
      target.memory().giveBack(bytes);
      bytes = 0;
    }
  }
}
