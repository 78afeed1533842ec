package org.bitindex.cli;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.function.Supplier;
import org.bitindex.backend.Backend;
import org.bitindex.backend.Backends;
import org.bitindex.backend.DeviceBackend;
import org.bitindex.calibrate.network.NetworkCalibration;
import org.bitindex.calibrate.network.NetworkDistillation;
import org.bitindex.calibrate.network.ProductMoments;
import org.bitindex.calibrate.network.Sensitivities;
import org.bitindex.cli.text.Figures;
import org.bitindex.cli.text.Progress;
import org.bitindex.code.Code;
import org.bitindex.encode.Recipe;
import org.bitindex.generate.LanguageModel;
import org.bitindex.generate.ModelDescription;
import org.bitindex.graph.Network;
import org.bitindex.io.DenseFile;
import org.bitindex.io.MatrixUse;
import org.bitindex.io.ModelFile;
import org.bitindex.io.ModelWriter;
import org.bitindex.matrix.DType;
import org.bitindex.matrix.EncodedMatrix;
import org.bitindex.matrix.NamedTensor;
import org.bitindex.matrix.Weights;
import org.bitindex.onnx.Model;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code bie encode}: a file of dense weights becomes a file of encoded weights. */
@Command(
    name = "encode",
    description = {
      "Encodes the weights of products of a .safetensors, .onnx, .npy, .smtx or .gguf file, of a"
          + " model's folder as Hugging Face lays it out, or of a .bin checkpoint of llama2.c.",
      "All other tensors are carried through as they are: biases, norms, embeddings, weights that"
          + " are quantised already and their scales. The network of an .onnx file is kept, so that"
          + " 'bie infer' runs it. Memory holds one encoded matrix at a time."
    },
    mixinStandardHelpOptions = true)
final class EncodeCommand implements Callable<Integer> {
  private static final double FP16_BITS = 16;

  /** Kinds of matrices that no product uses, and that are decoded. */
  private static final Set<String> READ_BY_ROWS =
      Set.of("embedding", "weights of a depthwise convolution");

  @Spec private CommandSpec command;

  @Option(names = "--input", required = true, paramLabel = "FILE", description = "dense weights")
  private Path input;

  @Mixin private OutputOptions output;

  @Mixin private TensorOptions tensors;

  @Mixin private EncodingOptions encoding;

  @Option(
      names = "--calibrate",
      split = ",",
      paramLabel = "SAMPLES",
      description =
          "run the network of an .onnx file on samples, or a language model on texts, and choose"
              + " scales, roundings and biases for what its products get: FILE.npy, NAME=FILE.npy"
              + " for each input, or FILE.npz; FILE.txt")
  private List<String> samples = List.of();

  @Option(
      names = "--distill",
      paramLabel = "STEPS",
      description =
          "train in so many steps on the samples of --calibrate, without labels: the encoded weights"
              + " of an .onnx file, so that outputs are as before; or a small language model's dense"
              + " weights (Llama's kind), so that encoded they foretell texts as before, with steps of"
              + " levels by what errors of each matrix do")
  private @Nullable Integer distillation;

  @Option(
      names = "--embeddings",
      paramLabel = "B",
      description =
          "also encode embeddings and depthwise convolutions, which are decoded to be used, in B"
              + " bits, 2 to 8 (default: carry them)")
  private @Nullable Integer embeddingBits;

  @Option(
      names = "--carry",
      paramLabel = "TYPE",
      description =
          "store floating tensors that are not encoded as f16 or bf16 (default: as they are)")
  private @Nullable Carry carry;

  @Option(
      names = "--weights-only",
      description =
          "leaves out the network of an .onnx file, which then need not be one that runs here")
  private boolean weightsOnly;

  @Mixin private ThreadOptions threads;

  /** What carried floats are rounded to. */
  private enum Carry {
    F16,
    BF16
  }

  @Option(
      names = "--backend",
      paramLabel = "NAME",
      description =
          "a device that makes the planes, as 'bie devices' lists it: the same file, made elsewhere;"
              + " planes that --calibrate rounds and those of --embeddings are made on the CPU"
              + " (default: all on the CPU)")
  private @Nullable String backend;

  @Override
  public Integer call() throws IOException {
    MatrixRecipes recipes = encoding.recipes(threads.count());
    if (ModelFile.isDenseByName(output.path())) {
      throw new ParameterException(
          command.commandLine(),
          output.path() + " is named as a dense file; an encoded one ends in .safetensors");
    }
    List<Path> sources = new ArrayList<>(NetworkInputs.paths(samples));
    sources.add(input);
    output.requireFree(sources);
    if (backend == null) {
      return encode(recipes);
    }
    try (Backend device = open(backend)) {
      DeviceBackend encoder =
          device
              .device()
              .orElseThrow(() ->
                  new ParameterException(
                      command.commandLine(),
                      "--backend " + backend + " is no device that encodes"));
      return encode(recipes.on(encoder.planeQuantizer()));
    }
  }

  private Backend open(String name) {
    try {
      return Backends.open(name, threads.count());
    } catch (IllegalArgumentException e) {
      throw new ParameterException(command.commandLine(), e.getMessage(), e);
    }
  }

  private int encode(MatrixRecipes recipes) throws IOException {
    List<MatrixSizes> sizes = new ArrayList<>();
    try (DenseFile file = DenseFile.open(input)) {
      Model network = weightsOnly ? null : network(file);
      SequencedMap<String, Weights> matrices = new LinkedHashMap<>(tensors.choose(file));
      requireSamplesToDistil(file, network);
      CalibrationTexts.Trained trained =
          network == null ? distil(file, matrices.keySet(), recipes) : null;
      ProductMoments moments = trained == null ? moments(file, network) : null;
      Function<String, Recipe> products =
          trained == null
              ? choose(recipes, file, matrices, network, moments)
              : trained.recipes()::get;
      SequencedMap<String, Recipe> embeddings = embeddings(file);
      embeddings.forEach((name, _) -> matrices.putIfAbsent(name, file.matrix(name)));
      if (trained != null) {
        matrices.replaceAll((name, dense) -> trained.weights().getOrDefault(name, dense));
      }
      NetworkCalibration calibration = moments == null ? null : calibration(file, network, moments);
      List<NamedTensor> before =
          file.tensorsWithout(matrices.keySet()).stream()
              .map(tensor -> trained == null ? tensor : trained.carried(tensor))
              .map(tensor -> calibration == null ? tensor : calibration.carried(tensor))
              .toList();
      SequencedMap<String, Weights> multiplied = new LinkedHashMap<>(matrices);
      multiplied.keySet().removeAll(embeddings.keySet());
      NetworkDistillation distilled =
          network == null || calibration == null || distillation == null
              ? null
              : distil(file, network, multiplied, products, calibration, before);
      List<NamedTensor> carried = distilled == null ? before : distilled.carried(before);
      var writer = new ModelWriter();
      file.metadata().forEach(writer::metadata);
      carried.forEach(writer::add);
      if (carry != null) {
        writer.carryAs(DType.valueOf(carry.name()));
      }
      if (network != null) {
        writer.graph(network);
      }
      ModelDescription.of(file)
          .ifPresent(description -> description.tensors().forEach(writer::add));
      try (var progress = Progress.start("encoding", weights(matrices.values()))) {
        matrices.forEach((name, weights) ->
            writer
                .use(name, file.use(name))
                .add(
                    name,
                    () -> {
                      EncodedMatrix matrix =
                          encode(
                              name,
                              weights,
                              () -> {
                                if (distilled != null && multiplied.containsKey(name)) {
                                  return distilled.matrix(name);
                                }
                                Recipe embedding = embeddings.get(name);
                                Recipe recipe =
                                    embedding == null ? products.apply(name) : embedding;
                                Weights watched = progress.watch(weights);
                                return calibration == null
                                    ? recipe.encode(watched)
                                    : calibration.encode(
                                        recipe,
                                        watched,
                                        file.use(name).tensor(),
                                        file.use(name).index());
                              });
                      sizes.add(MatrixSizes.of(Map.entry(name, matrix)));
                      return matrix;
                    }));
        writer.write(output.path(), output.ifExists());
      }
      report(file, sizes, carried);
      if (calibration != null) {
        print(
            "calibrated %d of %s"
                .formatted(calibration.calibrated(), Figures.count(sizes.size(), "matrix")));
      }
    }
    return 0;
  }

  private void print(String line) {
    PrintWriter out = command.commandLine().getOut();
    out.println(line);
    out.flush();
  }

  /** The recipe of each embedding to encode. */
  private SequencedMap<String, Recipe> embeddings(DenseFile file) {
    SequencedMap<String, Recipe> recipes = new LinkedHashMap<>();
    if (embeddingBits == null) {
      return recipes;
    }
    Recipe recipe;
    try {
      recipe = Recipe.readByRows(new Code.Symmetric(embeddingBits), threads.count());
    } catch (IllegalArgumentException e) {
      throw new ParameterException(command.commandLine(), "--embeddings: " + e.getMessage());
    }
    for (String name : file.otherMatrices().keySet()) {
      if (READ_BY_ROWS.contains(file.kinds().getOrDefault(name, ""))) {
        recipes.put(name, recipe);
      }
    }
    return recipes;
  }

  /** Runs the network on the samples, if there are any. */
  private @Nullable ProductMoments moments(DenseFile file, @Nullable Model model)
      throws IOException {
    if (samples.isEmpty()) {
      return null;
    }
    ProductMoments moments;
    try {
      if (model != null) {
        moments = new CalibrationSamples(samples, threads.count()).moments(model);
      } else if (ModelDescription.of(file).isPresent()) {
        moments = texts().moments(this::print);
      } else {
        throw new ParameterException(
            command.commandLine(),
            "--calibrate runs the network of an .onnx file or a language model, "
                + input
                + " is read without one");
      }
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(input + ": " + e.getMessage(), e);
    }
    if (moments.count() == 0) {
      throw new IllegalArgumentException("no product got a sample of --calibrate " + samples);
    }
    print(
        "ran the network: moments of the inputs of %s take %s of memory"
            .formatted(Figures.count(moments.count(), "product"), Figures.bytes(moments.bytes())));
    return moments;
  }

  private static NetworkCalibration calibration(
      DenseFile file, @Nullable Model model, ProductMoments moments) {
    return model == null
        ? new NetworkCalibration(
            LanguageModel.biases(file), Set.of(LanguageModel.EMBEDDINGS), moments)
        : NetworkCalibration.of(model, moments);
  }

  /** The file's network, which is known to run, or null if it has none. */
  private @Nullable Model network(DenseFile file) {
    Model model = file.graph();
    try {
      if (model != null) {
        Network.requireSupported(model);
      }
      return model;
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          input
              + ": "
              + e.getMessage()
              + "; --weights-only encodes the weights without the network",
          e);
    }
  }

  private void requireSamplesToDistil(DenseFile file, @Nullable Model network) throws IOException {
    if (distillation != null
        && (distillation < 0
            || samples.isEmpty()
            || (network == null && ModelDescription.of(file).isEmpty()))) {
      throw new ParameterException(
          command.commandLine(),
          "--distill takes a number of steps, at least 0, the network of an .onnx file or a language"
              + " model, and samples by --calibrate");
    }
  }

  /** Encodes all matrices, calibrated, and trains them. */
  private NetworkDistillation distil(
      DenseFile file,
      Model network,
      SequencedMap<String, Weights> matrices,
      Function<String, Recipe> recipes,
      NetworkCalibration calibration,
      List<NamedTensor> carried) {
    try {
      var trained = new NetworkDistillation(network, threads.count());
      matrices.forEach((name, weights) -> {
        MatrixUse use = file.use(name);
        Recipe recipe = recipes.apply(name);
        EncodedMatrix start =
            encode(
                name,
                weights,
                () -> calibration.encode(recipe, weights, use.tensor(), use.index()));
        trained.add(name, recipe.prune(weights), use, start);
      });
      carried.forEach(trained::add);
      int steps = requireNonNull(distillation);
      double[] losses =
          new CalibrationSamples(samples, threads.count()).distil(network, trained, steps);
      print(
          "trained in %s: the squared error of outputs over their square was %.4f, is %.4f%s"
              .formatted(
                  Figures.count(steps, "step"),
                  losses[0],
                  losses[1],
                  losses[1] < losses[0] ? "" : ", so weights stay as they were"));
      return trained;
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(input + ": " + e.getMessage(), e);
    }
  }

  private CalibrationTexts.@Nullable Trained distil(
      DenseFile file, Set<String> matrices, MatrixRecipes recipes) throws IOException {
    if (distillation == null) {
      return null;
    }
    try {
      CalibrationTexts.Trained trained = texts().distil(file, matrices, recipes, distillation);
      print(
          "trained in %s: sum p log(p / q) a token was %.4f in the first tenth, %.4f in the last"
              .formatted(Figures.count(distillation, "step"), trained.before(), trained.after()));
      return trained;
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(input + ": " + e.getMessage(), e);
    }
  }

  private CalibrationTexts texts() {
    return new CalibrationTexts(input, samples, threads.count());
  }

  /** Reaching a goal encodes all matrices some times. */
  private Function<String, Recipe> choose(
      MatrixRecipes recipes,
      DenseFile file,
      SequencedMap<String, Weights> matrices,
      @Nullable Model model,
      @Nullable ProductMoments moments) {
    try {
      if (model == null || moments == null || recipes.goal() == null || recipes.perMatrix()) {
        Function<Weights, Recipe> chosen = recipes.of(matrices.values());
        return name -> chosen.apply(matrices.get(name));
      }
      var run = new CalibrationSamples(samples, threads.count());
      return new Sensitivities(model, moments, run::outputs, threads.count())
              .recipes(recipes.recipe(), recipes.goal(), matrices, file::use)
          ::get;
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(input + ": " + e.getMessage(), e);
    }
  }

  private EncodedMatrix encode(String name, Weights weights, Supplier<EncodedMatrix> encoding) {
    try {
      return encoding.get();
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(input + ": matrix " + name + ": " + e.getMessage(), e);
    } catch (OutOfMemoryError e) {
      throw new IllegalArgumentException(
          "%s: matrix %s: encoding %d x %d weights needs more memory: %s"
              .formatted(input, name, weights.rows(), weights.columns(), e.getMessage()),
          e);
    }
  }

  private void report(DenseFile file, List<MatrixSizes> sizes, List<NamedTensor> carried)
      throws IOException {
    MatrixSizes total = MatrixSizes.total(sizes);
    PrintWriter out = command.commandLine().getOut();
    out.printf(
        "encoded %s: %s as FP32, now %s (ratio %s), %s bits a weight%n",
        Figures.count(sizes.size(), "matrix"),
        Figures.bytes(total.weights() * Float.BYTES),
        Figures.bytes(total.bytes()),
        Figures.ratio(total.ratio()),
        Figures.significant(total.bitsPerWeight()));
    out.printf("  %s%n", Figures.some(sizes.stream().map(MatrixSizes::name).toList()));
    out.printf(
        "wrote %s: %s, with %s%n",
        output.path(),
        Figures.bytes(Files.size(output.path())),
        Figures.count(carried.size(), "carried tensor"));
    Figures.kinds(file, carried).forEach(kind -> out.printf("  %s%n", kind));
    file.leftOut()
        .forEach((name, why) -> out.printf("left out: %s: %s%n", Figures.name(name), why));
    for (MatrixSizes size : sizes) {
      if (size.bitsPerWeight() > FP16_BITS) {
        out.printf(
            "note: %s takes %s bits a weight, more than FP16 would%n",
            Figures.name(size.name()), Figures.significant(size.bitsPerWeight()));
      }
    }
    out.flush();
  }

  private static long weights(Collection<? extends Weights> matrices) {
    return matrices.stream().mapToLong(m -> (long) m.rows() * m.columns()).sum();
  }
}
