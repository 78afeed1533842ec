package org.bitindex.backend;

import java.util.List;
import java.util.Optional;
import org.bitindex.event.PlanEvent;
import org.bitindex.event.Recorder;

/** A backend whose plans are seen by Java Flight Recorder and the log. */
record ObservedBackend(Backend backend) implements Backend {
  private static final System.Logger LOGGER = System.getLogger(Backend.class.getName());

  @Override
  public String name() {
    return backend.name();
  }

  @Override
  public String description() {
    return backend.description();
  }

  @Override
  public Plan plan(List<Linear> layers, int activationBits) {
    Plan plan =
        Recorder.isStarted()
            ? recorded(layers, activationBits)
            : backend.plan(layers, activationBits);
    LOGGER.log(
        System.Logger.Level.TRACE,
        () ->
            "%s: planned %d layers from %d to %d columns"
                .formatted(name(), layers.size(), plan.inputColumns(), plan.outputColumns()));
    return plan;
  }

  private Plan recorded(List<Linear> layers, int activationBits) {
    var event = new PlanEvent();
    event.begin();
    Plan plan = backend.plan(layers, activationBits);
    event.end();
    if (event.shouldCommit()) {
      event.backend = name();
      event.layers = layers.size();
      event.inputColumns = plan.inputColumns();
      event.outputColumns = plan.outputColumns();
      event.activationBits = activationBits;
      event.weightBytes = layers.stream().mapToLong(layer -> layer.weights().bytes()).sum();
      event.preparedBytes = plan.preparedBytes();
      event.commit();
    }
    return plan;
  }

  @Override
  public Optional<DeviceBackend> device() {
    return backend.device();
  }

  @Override
  public void close() {
    backend.close();
  }
}
