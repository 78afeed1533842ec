package org.bitindex.lab.report;

import java.util.Comparator;
import java.util.List;
import org.bitindex.backend.Arithmetic;
import org.bitindex.cli.measure.Environment;
import org.bitindex.lab.claims.Judgement;
import org.bitindex.lab.evaluation.MatrixSource;
import org.bitindex.lab.evaluation.ProductRecord;
import org.bitindex.lab.evaluation.Results;
import org.bitindex.lab.evaluation.StorageRecord;
import org.bitindex.lab.evaluation.TestMatrix;

/** The report as Markdown. Every number in it is computed. */
final class ReportText {
  private static final List<String> REAL_METHODS =
      List.of("binary", "ternary", "symmetric4", "symmetric8", "quantised 4-bit", "CSR");

  private final String title;
  private final String command;
  private final Environment environment;
  private final Results results;
  private final List<Judgement> claims;
  private final Results largest;
  private final String shape;
  private final StringBuilder text = new StringBuilder();

  ReportText(
      String title,
      String command,
      Environment environment,
      Results results,
      List<Judgement> claims) {
    this.title = title;
    this.command = command;
    this.environment = environment;
    this.results = results;
    this.claims = claims;
    Results gaussian = results.gaussian();
    shape =
        gaussian.keys().stream()
            .max(Comparator.comparingLong(TestMatrix.Key::size))
            .orElseThrow()
            .shape();
    largest = gaussian.of(key -> key.shape().equals(shape));
  }

  String markdown() {
    head();
    claims();
    compression();
    accuracy();
    encoding();
    products();
    precision();
    memory();
    realWeights();
    return text.toString().stripTrailing() + "\n";
  }

  private void head() {
    section("# " + title, "Made by `" + command + "`.");
    text.append(
        MarkdownTable.ofText("where and when", "")
            .add("date", environment.date())
            .add("processor", environment.processor())
            .add("logical processors", Integer.toString(environment.processors()))
            .add("memory", environment.memoryGibibytes() + " GiB")
            .add("operating system", environment.operatingSystem())
            .add("JDK", environment.jdk())
            .add("JVM flags", environment.flags())
            .add("commit", environment.commit())
            .add("backend", environment.backend()));
    int runs = results.storage().stream().mapToInt(StorageRecord::run).max().orElse(-1) + 1;
    section(
        "## How it was measured",
        """
        Gaussian matrices have independent standard normal weights, pruned by magnitude over the whole \
        matrix; there are %d runs with different seeds, the runs are the outer loop. A run's time is the \
        median over repeated calls after a warm-up, on one thread; figures are the mean of the runs ± \
        half of its 95 %% confidence interval (Student's t). p-values are of Welch's t-test. Each \
        backend product is compared with the scalar reference, bit for bit, before it is timed. Real \
        weights are the same in every run; their runs repeat the timing with other inputs.\
        """
            .formatted(runs));
  }

  private void claims() {
    section("## The paper's claims", "");
    var table = MarkdownTable.ofText("claim", "claimed", "measured", "verdict", "why");
    for (Judgement claim : claims) {
      table.add(
          claim.claim(),
          claim.claimed(),
          claim.measured(),
          claim.verdict().toString(),
          claim.why());
    }
    text.append(table);
  }

  private void compression() {
    section(
        "## Compression, " + shape,
        """
        Three accountings. The paper's formula is 32 m n / (64 |I| + overhead). Its table does not follow \
        it: the table fits 32 bits an index with only positive weights stored. What counts is the third, \
        the bytes that are stored.

        Dense FP32 bytes over bytes stored:
        """);
    text.append(Tables.storage(largest, StorageRecord::storedRatio));
    image("compression.png", "Compression against sparsity");
    Results encoded = withoutBaselines(largest);
    section("", "Bytes stored over the entropy of the integers:");
    text.append(Tables.storage(encoded, row -> row.bytes() / row.entropyBytes()));
    section("", "The paper's formula:");
    text.append(Tables.values(encoded, StorageRecord::formulaRatio));
    section("", "The accounting of the paper's table:");
    text.append(Tables.values(encoded, StorageRecord::tableRatio));
  }

  private static Results withoutBaselines(Results results) {
    return new Results(
        results.storage().stream()
            .filter(row -> !row.layout().equals(StorageRecord.BASELINE))
            .toList(),
        List.of(),
        List.of());
  }

  private void accuracy() {
    section(
        "## Accuracy, " + shape,
        "No layout changes a value. Relative error ||W - V|| / ||W|| of the decoded weights:");
    text.append(Tables.values(largest, StorageRecord::relativeError));
    image("error-bits.png", "Error against bits");
    image("pareto.png", "Error and size");
    section("", "MSE (the weights' standard deviation is 1 before pruning):");
    text.append(Tables.values(largest, StorageRecord::mse));
    section("", "SQNR in dB:");
    text.append(Tables.values(largest, StorageRecord::sqnrDecibel));
    section(
        "",
        "Relative error of the product against the original weights in double precision, inputs"
            + " standard normal:");
    text.append(Tables.products(largest, results.batches().getFirst(), ProductRecord::outputError));
  }

  private void encoding() {
    section("## Encoding time, " + shape, "Milliseconds on one thread:");
    text.append(Tables.storage(largest, StorageRecord::encodeMillis));
    image("encoding.png", "Encoding time against nonzeros");
  }

  private void products() {
    section(
        "## Products, " + shape,
        """
        Milliseconds on one thread. `stored flat` and `stored blocked` are the paper's loops over the \
        stored indices, for one sample; the backend multiplies by a form of its own that no layout \
        changes.\
        """);
    for (int batch : results.batches()) {
      section("### Batch " + batch, "");
      text.append(Tables.products(largest, batch, ProductRecord::millis));
      image("product-batch-" + batch + ".png", "Product at batch " + batch);
    }
    speedUps("dense FP32", Arithmetic.MAX_ACTIVATION_BITS);
    speedUps("dense FP32", 8);
    speedUps("CSR", Arithmetic.MAX_ACTIVATION_BITS);
    speedUps("CSR", 8);
  }

  private void speedUps(String baseline, int activationBits) {
    section(
        "### Against " + baseline + ", " + activationBits + "-bit activations",
        "Time of the baseline over the code's: above 1 the code is faster.");
    text.append(Tables.speedUps(largest, baseline, activationBits));
  }

  private void precision() {
    section(
        "## Any number of bits, from one file",
        """
        Matrices that are not pruned are encoded once, with 8 bits; then the B most significant are \
        used and the scales fitted to them, `fit ms`, with no plane copied. Beside the error of the \
        weights is that of a code that has only B bits. Products in milliseconds on one thread, with \
        %d-bit activations; the plot is of the Gaussian matrix.\
        """
            .formatted(Arithmetic.MAX_ACTIVATION_BITS));
    image("bits-used.png", "Error and time against bits used");
    text.append(
        Tables.precision(
            results.of(
                key -> key.shape().equals(shape) || !key.source().equals(MatrixSource.GAUSSIAN))));
  }

  private void memory() {
    int batch = results.batches().getLast();
    section(
        "## Memory, " + shape,
        "Bytes held for products: the prepared form with work space for the largest batch, or what"
            + " a baseline stores.");
    text.append(Tables.products(largest, batch, ProductRecord::preparedBytes));
    section("", "Heap bytes that one product allocates at batch " + batch + ":");
    text.append(Tables.products(largest, batch, ProductRecord::heapBytes));
    section(
        "",
        "Heap bytes that one encoding allocates, an upper limit of its peak; bit planes, which"
            + " take rows x columns / 8 bytes each while encoding, lie off the heap:");
    text.append(Tables.storage(largest, StorageRecord::encodeHeapBytes));
  }

  private void realWeights() {
    Results real = results.of(key -> !key.source().equals(MatrixSource.GAUSSIAN));
    if (real.storage().isEmpty()) {
      section(
          "## Real weights",
          "None were measured: neither the sample model (`./setup.sh fetch minilm`) nor a folder of"
              + " .smtx files was there.");
      return;
    }
    section(
        "## Real weights",
        "Codes in the adaptive layout, products with "
            + Arithmetic.MAX_ACTIVATION_BITS
            + "-bit activations.");
    text.append(Tables.realWeights(real, REAL_METHODS));
  }

  private void section(String heading, String paragraph) {
    if (!heading.isEmpty()) {
      text.append(heading).append("\n\n");
    }
    if (!paragraph.isEmpty()) {
      text.append(paragraph.strip()).append("\n\n");
    }
  }

  private void image(String file, String description) {
    text.append("![").append(description).append("](").append(file).append(")\n\n");
  }
}
