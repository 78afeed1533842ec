package org.bitindex.lab.mnist;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Supplier;
import org.bitindex.backend.Backend;
import org.bitindex.cli.text.Figures;
import org.bitindex.cli.text.Progress;
import org.bitindex.io.IfExists;
import org.bitindex.io.NpyFile;
import org.bitindex.matrix.DenseMatrix;
import org.bitindex.nn.Sequential;
import org.bitindex.nn.train.Samples;

/**
 * What {@code bie mnist} does: runs the experiment, prints its table, draws its plot, and writes
 * the best models with the held-out digits for {@code bie infer}.
 *
 * @param data folder of the digits
 * @param output folder for what is written; made where it is missing
 * @param seed of all random choices
 * @param threads CPU threads; no result depends on them
 */
public record MnistStory(Path data, Path output, long seed, int threads) {
  private static final int[] RATIOS = {20, 40};
  private static final String DIGITS = "digits.npy";
  private static final String LABELS = "labels.npy";

  /** Takes the rows of the table, for programs, and the table, for people. */
  @FunctionalInterface
  public interface Printer {
    /** Prints one of the two. */
    void print(Object rows, Supplier<String> table) throws IOException;
  }

  /**
   * Tells it all.
   *
   * @param out for the sentences
   */
  public void tell(Backend backend, int activationBits, PrintWriter out, Printer printer)
      throws IOException {
    MnistData digits = MnistData.read(data);
    Files.createDirectories(output);
    out.printf(
        "%d digits to learn from, %d held out; %s%n",
        digits.training().count(), digits.heldOut().count(), backend.description());
    out.flush();
    MnistPlan plan = MnistPlan.standard(seed, threads);
    long start = System.nanoTime();
    MnistExperiment experiment = run(digits, plan, backend, activationBits);
    double seconds = (System.nanoTime() - start) / 1e9;
    printer.print(experiment.rows(), () -> MnistTable.of(experiment.rows()));
    out.printf(
        "%nTrained %s in %s.%n",
        Figures.count(plan.totalEpochs(), "epoch"), Figures.seconds(seconds));
    MnistPlot.write(output.resolve("accuracy.png"), experiment.rows());
    out.printf("The plot is %s.%n", output.resolve("accuracy.png"));
    writeHeldOut(digits.heldOut());
    for (int ratio : RATIOS) {
      writeBest(experiment, ratio, out);
    }
    out.flush();
  }

  /** What {@code bie infer} takes. */
  private void writeHeldOut(Samples heldOut) throws IOException {
    int count = heldOut.count();
    NpyFile.write(
        output.resolve(DIGITS),
        DenseMatrix.of(count, MnistData.PIXELS, heldOut.batch()),
        IfExists.REPLACE);
    float[] labels = new float[count];
    for (int n = 0; n < count; n++) {
      labels[n] = heldOut.labels()[n];
    }
    NpyFile.write(output.resolve(LABELS), DenseMatrix.of(count, 1, labels), IfExists.REPLACE);
  }

  private void writeBest(MnistExperiment experiment, int ratio, PrintWriter out)
      throws IOException {
    MnistRow dense = experiment.rows().getFirst();
    MnistRow best = MnistTable.best(experiment.rows(), ratio).orElse(null);
    if (best == null) {
      out.printf("No model is %dx smaller than dense FP32.%n", ratio);
      return;
    }
    out.printf("The best at least %dx smaller: %s.%n", ratio, MnistTable.sentence(best, dense));
    for (MnistExperiment.Tuned tuned : experiment.tuned()) {
      if (tuned.row().equals(best)) {
        Path model = output.resolve("lenet-" + ratio + "x.safetensors");
        try (Sequential encoded = tuned.network().encode(experiment.tuningRecipe(tuned.code()))) {
          encoded.write(model, IfExists.REPLACE);
        }
        out.printf(
            "  bie infer --model %s --input %s --labels %s --output %s%n",
            model, output.resolve(DIGITS), output.resolve(LABELS), output.resolve("logits.npy"));
      }
    }
  }

  private static MnistExperiment run(
      MnistData digits, MnistPlan plan, Backend backend, int activationBits) {
    try (Progress progress = Progress.start("epochs", plan.totalEpochs())) {
      var experiment =
          new MnistExperiment(digits, plan, backend, activationBits, _ -> progress.step(1));
      experiment.run();
      return experiment;
    }
  }
}
