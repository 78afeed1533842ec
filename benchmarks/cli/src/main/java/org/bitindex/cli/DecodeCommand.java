package org.bitindex.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.bitindex.cli.text.Figures;
import org.bitindex.cli.text.Progress;
import org.bitindex.io.ModelFile;
import org.bitindex.io.NpyFile;
import org.bitindex.io.OnnxFile;
import org.bitindex.io.PlainOnnx;
import org.bitindex.io.SafetensorsWriter;
import org.bitindex.matrix.EncodedMatrix;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code bie decode}: encoded weights become dense floats again. */
@Command(
    name = "decode",
    description = {
      "Decodes every matrix of an encoded file to FP32.",
      "Writes a .safetensors file with the carried tensors, an .onnx file of the network, which any"
          + " runtime runs, or a .npy file of the only matrix."
    },
    mixinStandardHelpOptions = true)
final class DecodeCommand implements Callable<Integer> {
  @Spec private CommandSpec command;

  @Option(names = "--input", required = true, paramLabel = "FILE", description = "encoded weights")
  private Path input;

  @Mixin private PrecisionOptions precision;

  @Mixin private OutputOptions output;

  @Override
  public Integer call() throws IOException {
    String path = output.path().toString();
    boolean npy = path.endsWith(".npy");
    boolean onnx = path.endsWith(".onnx");
    if (!npy && !onnx && !path.endsWith(".safetensors")) {
      throw new ParameterException(
          command.commandLine(), path + " does not end in .safetensors, .onnx or .npy");
    }
    output.requireFree(List.of(input));
    try (ModelFile model = precision.open(input)) {
      try (var progress = Progress.start("decoding", weights(model))) {
        if (npy) {
          writeOnlyMatrix(model, progress);
        } else if (onnx) {
          OnnxFile.write(output.path(), PlainOnnx.dense(model), output.ifExists());
        } else {
          var writer = new SafetensorsWriter();
          model.metadata().forEach(writer::metadata);
          model
              .decoded()
              .values()
              .forEach(tensor ->
                  writer.add(tensor.name(), tensor.shape(), progress.watch(tensor.rows())));
          model.tensors().values().forEach(writer::add);
          writer.write(output.path(), output.ifExists());
        }
      }
      command
          .commandLine()
          .getOut()
          .println(
              "decoded "
                  + Figures.count(model.matrices().size(), "matrix")
                  + " to "
                  + output.path());
      if (npy && !model.tensors().isEmpty()) {
        command
            .commandLine()
            .getOut()
            .println(
                "note: a .npy file holds one array; left out: "
                    + Figures.some(model.tensors().keySet()));
      }
      command.commandLine().getOut().flush();
    }
    return 0;
  }

  private static long weights(ModelFile model) {
    return model.matrices().values().stream().mapToLong(m -> (long) m.rows() * m.columns()).sum();
  }

  private void writeOnlyMatrix(ModelFile model, Progress progress) throws IOException {
    if (model.matrices().size() != 1) {
      throw new IllegalArgumentException(
          "%s has %d matrices, a .npy file holds 1; write a .safetensors file"
              .formatted(input, model.matrices().size()));
    }
    EncodedMatrix matrix = model.matrices().firstEntry().getValue();
    NpyFile.write(output.path(), progress.watch(matrix), output.ifExists());
  }
}
