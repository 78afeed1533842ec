package org.bitindex.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.bitindex.backend.AddedProviders;
import org.bitindex.backend.Availability;
import org.bitindex.backend.Backend;
import org.bitindex.backend.BackendProvider;
import org.bitindex.backend.Backends;
import org.bitindex.backend.Device;
import org.bitindex.backend.DeviceBackend;
import org.bitindex.backend.Linear;
import org.bitindex.backend.Plan;
import org.bitindex.encode.PlainQuantizer;
import org.bitindex.matrix.PlaneQuantizer;
import org.bitindex.matrix.Weights;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code bie encode --backend}: the file is the same, whoever makes the planes. */
class DeviceEncodeTest {
  private static final AtomicInteger ENCODED = new AtomicInteger();

  @TempDir private Path folder;

  private AddedProviders added;

  /** A device that is asked for by name only. */
  public static final class Provider implements BackendProvider {
    @Override
    public String name() {
      return "plain";
    }

    @Override
    public int priority() {
      return -1;
    }

    @Override
    public Availability availability() {
      return new Availability.Ready(List.of(new Device("", "plain", 0)), false);
    }

    @Override
    public Backend create(String deviceId, int threads) {
      return new PlainDevice(Backends.open("scalar", threads));
    }
  }

  /** Multiplies as the reference does. */
  private record PlainDevice(Backend scalar) implements DeviceBackend {
    @Override
    public String name() {
      return "plain";
    }

    @Override
    public String description() {
      return "plain";
    }

    @Override
    public Plan plan(List<Linear> layers, int activationBits) {
      return scalar.plan(layers, activationBits);
    }

    @Override
    public Optional<DeviceBackend> device() {
      return Optional.of(this);
    }

    @Override
    public BaselineProduct baseline(BaselineFormat format, Weights weights, int batch) {
      throw new UnsupportedOperationException();
    }

    @Override
    public PlaneQuantizer planeQuantizer() {
      var quantizer = new PlainQuantizer();
      return (weights, code, quantizers, bits) -> {
        ENCODED.incrementAndGet();
        quantizer.quantize(weights, code, quantizers, bits);
      };
    }

    @Override
    public void close() {
      scalar.close();
    }
  }

  @BeforeEach
  void addProvider() throws IOException {
    added = new AddedProviders(folder, Provider.class);
    ENCODED.set(0);
  }

  @AfterEach
  void removeProvider() throws IOException {
    added.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--encoding binary --scale tensor",
        "--encoding ternary --density 0.5",
        "--mode affine --bits 3",
        "--bits 3 --steps least-squares",
        "--step 0.3 --prune 0.5",
      })
  void theFileIsTheSame(String encoding) throws IOException {
    Path here = encode(encoding, "here.safetensors");
    assertThat(ENCODED).hasValue(0);
    Path there = encode(encoding + " --backend plain", "there.safetensors");
    assertThat(ENCODED).hasValue(2); // as many as there are matrices
    assertThat(there).hasSameBinaryContentAs(here);
  }

  private Path encode(String options, String name) {
    Path output = folder.resolve(name);
    Path input = EncodedProductTest.resource("tiny.safetensors");
    List<Object> words = new ArrayList<>(List.of("encode", "--input", input, "--output", output));
    words.addAll(List.of(options.split(" ")));
    CommandRun.ok(words.toArray());
    return output;
  }

  @Test
  void backendsOfTheCpuMakeNoPlanes() {
    Path output = folder.resolve("encoded.safetensors");
    Path input = EncodedProductTest.resource("tiny.safetensors");
    CommandRun.of("encode", "--input", input, "--output", output, "--backend", "scalar")
        .requireFailure(2, "--backend scalar is no device that encodes");
    assertThat(output).doesNotExist();
  }
}
