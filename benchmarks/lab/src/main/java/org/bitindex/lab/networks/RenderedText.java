package org.bitindex.lab.networks;

import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.Rectangle;
import java.awt.RenderingHints;
import java.awt.geom.Rectangle2D;
import java.awt.image.BufferedImage;
import java.util.List;
import java.util.Random;

/** Dark words on a bright, slightly noisy ground, drawn without a display. */
final class RenderedText {
  private static final List<String> FONTS = List.of(Font.SANS_SERIF, Font.SERIF, Font.MONOSPACED);
  private static final int NOISE = 12;

  private RenderedText() {}

  /** A word {@code height} pixels high, as wide as it is. */
  static BufferedImage word(String word, int height, int seed) {
    Font font = font(seed, height * 0.62f);
    Graphics2D probe = new BufferedImage(1, 1, BufferedImage.TYPE_INT_RGB).createGraphics();
    int width = (int) Math.ceil(probe.getFontMetrics(font).stringWidth(word)) + height / 3;
    probe.dispose();
    BufferedImage image = ground(width, height, seed);
    Graphics2D graphics = graphics(image, font);
    graphics.drawString(word, height / 6, (int) (height * 0.7f));
    graphics.dispose();
    return image;
  }

  /**
   * A page of words in rows.
   *
   * @param boxes takes the rectangle around each word
   */
  static BufferedImage page(
      List<String> words, int width, int height, int seed, List<Rectangle> boxes) {
    BufferedImage image = ground(width, height, seed);
    Font font = font(seed, 26);
    Graphics2D graphics = graphics(image, font);
    int x = 24;
    int y = 48;
    for (String word : words) {
      Rectangle2D extent =
          font.createGlyphVector(graphics.getFontRenderContext(), word).getVisualBounds();
      if (x + extent.getWidth() > width - 24) {
        x = 24;
        y += 56;
      }
      if (y > height - 16) {
        break;
      }
      graphics.drawString(word, x, y);
      Rectangle box = extent.getBounds();
      box.translate(x, y);
      boxes.add(box);
      x += (int) extent.getWidth() + 60;
    }
    graphics.dispose();
    return image;
  }

  /** The same upside down. */
  static BufferedImage turned(BufferedImage image) {
    int width = image.getWidth();
    int height = image.getHeight();
    var turned = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        turned.setRGB(width - 1 - x, height - 1 - y, image.getRGB(x, y));
      }
    }
    return turned;
  }

  private static Font font(int seed, float size) {
    int style = seed / FONTS.size() % 2 == 0 ? Font.PLAIN : Font.BOLD;
    return new Font(FONTS.get(seed % FONTS.size()), style, 1).deriveFont(size);
  }

  private static BufferedImage ground(int width, int height, int seed) {
    var image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    var random = new Random(seed);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        int gray = 243 - random.nextInt(NOISE);
        image.setRGB(x, y, gray << 16 | gray << 8 | gray);
      }
    }
    return image;
  }

  private static Graphics2D graphics(BufferedImage image, Font font) {
    Graphics2D graphics = image.createGraphics();
    graphics.setRenderingHint(
        RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
    graphics.setFont(font);
    graphics.setColor(new Color(30, 30, 40));
    return graphics;
  }

  /**
   * Writes (value / 255 - mean) / deviation of an image into a tensor [3 x height x width] of
   * zeros.
   *
   * @param to the tensor's first element
   */
  static void write(
      BufferedImage image, float[] mean, float[] deviation, float[] target, int to, int width) {
    int height = image.getHeight();
    for (int c = 0; c < 3; c++) {
      int shift = 8 * c; // blue, green, red, as PaddleOCR reads images
      for (int y = 0; y < height; y++) {
        for (int x = 0; x < Math.min(width, image.getWidth()); x++) {
          float value = (image.getRGB(x, y) >> shift & 255) / 255f;
          target[to + (c * height + y) * width + x] = (value - mean[c]) / deviation[c];
        }
      }
    }
  }
}
