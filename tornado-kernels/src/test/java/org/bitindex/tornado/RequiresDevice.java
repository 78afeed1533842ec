package org.bitindex.tornado;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.bitindex.Required;
import org.bitindex.backend.Availability;
import org.bitindex.tornado.device.TornadoTarget;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Tests that run on a device. Without one they are skipped with the reason, or, under {@code
 * -Dbie.require=tornado}, fail with it.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Tag("device")
@ExtendWith(RequiresDevice.Condition.class)
public @interface RequiresDevice {
  /** Looks for a device. */
  final class Condition implements ExecutionCondition {
    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
      return switch (new TornadoBackendProvider().availability()) {
        case Availability.Ready(var devices, var _) ->
            ConditionEvaluationResult.enabled(devices.getFirst().toString());
        case Availability.Unavailable(String reason) -> {
          if (Required.isRequired(TornadoTarget.NAME)) {
            throw new AssertionError("a TornadoVM device is required: " + reason);
          }
          yield ConditionEvaluationResult.disabled(reason);
        }
      };
    }
  }
}
