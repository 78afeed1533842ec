package org.bitindex.tornado;

import java.util.List;
import org.bitindex.BackendException;
import org.bitindex.tornado.device.DeviceMemory;
import org.bitindex.tornado.device.Job;
import org.bitindex.tornado.device.Launcher;
import org.bitindex.tornado.device.TornadoTarget;
import org.bitindex.tornado.kernel.TensorCoreKernels;
import uk.ac.manchester.tornado.api.enums.DataTransferMode;
import uk.ac.manchester.tornado.api.enums.TornadoVMBackendType;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/** Whether a device multiplies bytes on tensor cores: it is asked to. */
final class TensorCores {
  private static final int OUTPUTS = 16 * 8;
  private static final int COLUMNS = 32;

  private TensorCores() {}

  /** Only PTX devices can, from compute capability 8.0 on; TornadoVM does not tell its number. */
  static boolean work(TornadoTarget target) {
    if (target.device().getTornadoVMBackend() != TornadoVMBackendType.PTX) {
      return false;
    }
    var y = new IntArray(OUTPUTS);
    var job = new Job(target, "tensor", 1);
    int stage = job.nextStage();
    job.grids().add(job.gridKey(stage), 32, 1, _ -> 32, _ -> 1);
    job.graph()
        .transferToDevice(DataTransferMode.EVERY_EXECUTION, job.call())
        .task(Job.task(stage), TensorCoreKernels::probe, job.context(), job.call(), y, stage)
        .transferToHost(DataTransferMode.EVERY_EXECUTION, job.call())
        .transferToHost(DataTransferMode.UNDER_DEMAND, y);
    try (var launcher = new Launcher(target, List.of(job), DeviceMemory.bytes(List.of(y)))) {
      launcher.launch(0, 1, y, OUTPUTS);
    } catch (BackendException e) { // what it says is TornadoVM's refusal of an older device
      return false;
    }
    for (int i = 0; i < OUTPUTS; i++) {
      if (y.get(i) != COLUMNS) {
        return false;
      }
    }
    return true;
  }
}
