package org.bitindex.tornado;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Map;
import org.bitindex.backend.Device;
import org.junit.jupiter.api.Test;
import uk.ac.manchester.tornado.api.TornadoBackend;
import uk.ac.manchester.tornado.api.TornadoRuntime;
import uk.ac.manchester.tornado.api.TornadoTargetDevice;
import uk.ac.manchester.tornado.api.common.TornadoDevice;
import uk.ac.manchester.tornado.api.enums.TornadoDeviceType;
import uk.ac.manchester.tornado.api.enums.TornadoVMBackendType;

/** The order of devices, on machines that are not at hand. */
class TornadoDevicesTest {
  /** An object of {@code type} of which only the named methods answer. */
  private static <T> T answering(Class<T> type, Map<String, Object> answers) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (_, method, _) -> answers.get(method.getName())));
  }

  private static TornadoDevice device(
      TornadoVMBackendType backend, TornadoDeviceType type, String name) {
    TornadoTargetDevice physical =
        answering(TornadoTargetDevice.class, Map.of("getDeviceName", name));
    return answering(
        TornadoDevice.class,
        Map.of(
            "getDeviceType", type,
            "getTornadoVMBackend", backend,
            "getPhysicalDevice", physical,
            "getMaxGlobalMemory", 8L << 30,
            "getMaxAllocMemory", 2L << 30));
  }

  /** A machine with one back end. */
  private static TornadoDevices machine(TornadoDevice... devices) {
    TornadoBackend backend =
        (TornadoBackend)
            Proxy.newProxyInstance(
                TornadoBackend.class.getClassLoader(),
                new Class<?>[] {TornadoBackend.class},
                (_, method, arguments) ->
                    method.getName().equals("getDevice")
                        ? devices[(Integer) arguments[0]]
                        : devices.length);
    return new TornadoDevices(
        answering(TornadoRuntime.class, Map.of("getNumBackends", 1, "getBackend", backend)));
  }

  private static final TornadoDevice CPU =
      device(TornadoVMBackendType.OPENCL, TornadoDeviceType.CPU, "cpu");
  private static final TornadoDevice GPU =
      device(TornadoVMBackendType.OPENCL, TornadoDeviceType.GPU, " gpu ");

  @Test
  void aGpuComesBeforeACpuAndKeepsItsId() {
    TornadoDevices devices = machine(CPU, GPU);
    assertThat(devices.list())
        .isEqualTo(
            List.of(
                new Device("0:1", "OPENCL, GPU, gpu", 8L << 30),
                new Device("0:0", "OPENCL, CPU, cpu", 8L << 30)));
    assertThat(devices.find("", 2).name()).isEqualTo("tornado:0:1");
    assertThat(devices.find("0:0", 2).description()).contains("CPU");
    assertThat(devices.hasAccelerator()).isTrue();
  }

  @Test
  void aCpuAloneIsNoAccelerator() {
    assertThat(machine(CPU).hasAccelerator()).isFalse();
    assertThat(machine().list()).isEmpty();
  }
}
