package org.bitindex.lab.networks;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.bitindex.graph.tensor.Sums;
import org.bitindex.graph.tensor.Tensor;
import org.bitindex.text.Tokenizer;
import org.jspecify.annotations.Nullable;

/**
 * A sentence encoder. Its task: for each word find its definition, by the largest cosine, among the
 * definitions of all words.
 */
final class SentenceNetwork implements RealNetwork {
  private static final String MASK = "attention_mask";
  private static final int BATCH = 32;
  private static final int MAX_TOKENS = 512;

  /**
   * How a model wants to be used.
   *
   * @param query goes before what is looked for
   * @param passage goes before what is found
   * @param firstToken whether the vector of a text is that of its first token, else the mean
   */
  record Usage(String query, String passage, boolean firstToken) {}

  private final String name;
  private final Path model;
  private final @Nullable Path int8;
  private final Usage usage;
  private final List<int[]> queries;
  private final List<int[]> passages;
  private final List<int[]> calibration;
  private final Supplier<List<int[]>> training;

  /**
   * A network with its task.
   *
   * @param tokenizer its tokenizer.json
   * @param calibration texts that are not in the task
   * @param training more such texts, which are read when they are needed
   */
  SentenceNetwork(
      String name,
      Path model,
      @Nullable Path int8,
      Path tokenizer,
      Usage usage,
      Definitions texts,
      Definitions calibration,
      Supplier<Definitions> training)
      throws IOException {
    this.name = name;
    this.model = model;
    this.int8 = int8;
    this.usage = usage;
    Tokenizer tokens = Tokenizer.open(tokenizer).withMaxTokens(MAX_TOKENS);
    this.queries = ids(tokens, usage.query, texts.words());
    this.passages = ids(tokens, usage.passage, texts.definitions());
    this.calibration = both(tokens, usage, calibration);
    this.training = () -> both(tokens, usage, training.get());
  }

  private static List<int[]> both(Tokenizer tokens, Usage usage, Definitions texts) {
    return Stream.concat(
            ids(tokens, usage.query, texts.words()).stream(),
            ids(tokens, usage.passage, texts.definitions()).stream())
        .toList();
  }

  private static List<int[]> ids(Tokenizer tokenizer, String prefix, List<String> texts) {
    return texts.stream().map(text -> tokenizer.encode(prefix + text).ids()).toList();
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Path model() {
    return model;
  }

  @Override
  public @Nullable Path int8() {
    return int8;
  }

  @Override
  public List<Batch> batches(int size) {
    return batches(passages, size);
  }

  @Override
  public List<Batch> calibration() {
    return batches(calibration, BATCH);
  }

  @Override
  public List<Batch> training() {
    return batches(training.get(), BATCH);
  }

  /** Texts sorted by length, so that batches need little padding. */
  private static List<Batch> batches(List<int[]> texts, int size) {
    List<int[]> sorted = sorted(texts).mapToObj(texts::get).toList();
    List<Batch> batches = new ArrayList<>();
    for (int from = 0; from < sorted.size(); from += size) {
      List<int[]> part = sorted.subList(from, Math.min(sorted.size(), from + size));
      batches.add(new Batch(inputs(part), part.size()));
    }
    return batches;
  }

  private static IntStream sorted(List<int[]> texts) {
    return IntStream.range(0, texts.size())
        .boxed()
        .sorted(Comparator.comparingInt(i -> texts.get(i).length))
        .mapToInt(Integer::intValue);
  }

  private static Map<String, Tensor> inputs(List<int[]> texts) {
    int longest = texts.stream().mapToInt(ids -> ids.length).max().orElse(0);
    long[] ids = new long[texts.size() * longest];
    long[] mask = new long[ids.length];
    for (int s = 0; s < texts.size(); s++) {
      int[] text = texts.get(s);
      for (int t = 0; t < text.length; t++) {
        ids[s * longest + t] = text[t];
        mask[s * longest + t] = 1;
      }
    }
    int[] shape = {texts.size(), longest};
    Map<String, Tensor> inputs = new LinkedHashMap<>();
    inputs.put("input_ids", Tensor.of(shape, ids));
    inputs.put(MASK, Tensor.of(shape, mask));
    inputs.put("token_type_ids", Tensor.of(shape, new long[ids.length]));
    return inputs;
  }

  @Override
  public String task() {
    return "definitions found";
  }

  @Override
  public double quality(Runner runner) {
    float[][] words = embed(runner, queries);
    float[][] definitions = embed(runner, passages);
    int found = 0;
    for (int i = 0; i < words.length; i++) {
      int best = 0;
      double bestCosine = -2;
      for (int j = 0; j < definitions.length; j++) {
        double cosine = Vectors.cosine(words[i], definitions[j]);
        if (cosine > bestCosine) {
          best = j;
          bestCosine = cosine;
        }
      }
      found += best == i ? 1 : 0;
    }
    return (double) found / words.length;
  }

  private float[][] embed(Runner runner, List<int[]> texts) {
    int[] order = sorted(texts).toArray();
    float[][] vectors = new float[texts.size()][];
    int done = 0;
    for (Batch batch : batches(texts, BATCH)) {
      for (float[] vector : results(runner, batch)) {
        vectors[order[done++]] = vector;
      }
    }
    return vectors;
  }

  /** The vector of each text: the mean of its tokens' vectors, or the first. */
  @Override
  public List<float[]> results(Runner runner, Batch batch) {
    Tensor tokens = runner.first(batch.inputs());
    Tensor mask = batch.inputs().get(MASK);
    int length = tokens.size(1);
    int hidden = tokens.size(2);
    List<float[]> vectors = new ArrayList<>();
    for (int s = 0; s < batch.samples(); s++) {
      float[] mean = new float[hidden];
      long count = usage.firstToken ? 1 : count(mask, s);
      for (int t = 0; t < count; t++) {
        for (int j = 0; j < hidden; j++) {
          mean[j] += tokens.floats()[(s * length + t) * hidden + j] / count;
        }
      }
      vectors.add(mean);
    }
    return vectors;
  }

  /** ||y - z||^2 / ||y||^2 over the vectors of all texts, not of all tokens. */
  @Override
  public double loss(
      Batch batch,
      SequencedMap<String, Tensor> wanted,
      SequencedMap<String, Tensor> got,
      Map<String, Tensor> slopes) {
    List<float[]> y = results(_ -> wanted, batch);
    List<float[]> z = results(_ -> got, batch);
    Tensor tokens = got.firstEntry().getValue();
    int length = tokens.size(1);
    int hidden = tokens.size(2);
    double signal = 0;
    for (float[] vector : y) {
      signal += Sums.dot(vector, vector);
    }
    float[] slope = new float[tokens.length()];
    double noise = 0;
    for (int s = 0; s < y.size(); s++) {
      long count = usage.firstToken ? 1 : count(batch.inputs().get(MASK), s);
      for (int j = 0; j < hidden; j++) {
        float difference = z.get(s)[j] - y.get(s)[j];
        noise += difference * difference;
        for (int t = 0; t < count; t++) {
          slope[(s * length + t) * hidden + j] = (float) (2 * difference / signal / count);
        }
      }
    }
    slopes.put(got.firstEntry().getKey(), Tensor.of(tokens.shape(), slope));
    return noise / signal;
  }

  private static long count(@Nullable Tensor mask, int sample) {
    if (mask == null) {
      throw new IllegalArgumentException("a batch has no " + MASK);
    }
    int length = mask.size(1);
    return Arrays.stream(mask.longs(), sample * length, (sample + 1) * length).sum();
  }
}
