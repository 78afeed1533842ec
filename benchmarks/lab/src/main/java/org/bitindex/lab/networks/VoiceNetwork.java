package org.bitindex.lab.networks;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SequencedMap;
import org.bitindex.graph.tensor.Tensor;

/**
 * Silero's detector of voices, convolutions and LSTMs in branches of an If: it hears clips of
 * synthetic vowels after noise, in pieces of 32 ms, and says of each whether it is voice. A run is
 * one piece of some clips; in the task it gets the state that the run before left, elsewhere none.
 */
final class VoiceNetwork extends SampledNetwork<float[]> {
  private static final int RATE = 16_000;
  private static final int PIECE = 512;
  private static final int PIECES = 30;
  private static final int CLIPS = 16;
  private static final int CALIBRATION_CLIPS = 6;
  private static final int STATE = 64;

  /** The first three formants in Hz of the vowels of bath, bed, beat, bought and boot. */
  private static final double[][] VOWELS = {
    {730, 1090, 2440}, {530, 1840, 2480}, {270, 2290, 3010}, {570, 840, 2410}, {300, 870, 2240}
  };

  private static final double[] STRENGTHS = {1, 0.6, 0.3};
  private static final double WIDTH = 150;
  private static final int HARMONICS = 30;

  /** A network with its task. */
  VoiceNetwork(Path model) {
    super("voice", model, CLIPS, pieces(0, CLIPS), pieces(CLIPS, CALIBRATION_CLIPS));
  }

  /** The second half of each clip is voice. */
  private static boolean isVoice(int piece) {
    return piece >= PIECES / 2;
  }

  /** All pieces of the first clip, then those of the next. */
  private static List<float[]> pieces(int first, int clips) {
    List<float[]> pieces = new ArrayList<>();
    for (int clip = first; clip < first + clips; clip++) {
      var noise = new Random(clip);
      double pitch = 90 + 7 * (clip % 20);
      for (int piece = 0; piece < PIECES; piece++) {
        float[] samples = new float[PIECE];
        for (int i = 0; i < PIECE; i++) {
          double voice = isVoice(piece) ? vowel(clip, pitch, piece * PIECE + i) : 0;
          samples[i] = (float) (0.1 * voice + 0.003 * noise.nextGaussian());
        }
        pieces.add(samples);
      }
    }
    return pieces;
  }

  /** Harmonics of a pitch that sways, each as strong as the vowel's formants make it. */
  private static double vowel(int clip, double pitch, int sample) {
    double seconds = (double) sample / RATE;
    double[] formants = VOWELS[clip % VOWELS.length];
    // The integral of pitch + 15 sin(6 pi t): vibrato of 3 Hz.
    double turns = pitch * seconds - 15 / (6 * Math.PI) * StrictMath.cos(6 * Math.PI * seconds);
    double sum = 0;
    for (int h = 1; h <= HARMONICS; h++) {
      double strength = 0;
      for (int f = 0; f < formants.length; f++) {
        double distance = (h * pitch - formants[f]) / WIDTH;
        strength += STRENGTHS[f] / (1 + distance * distance);
      }
      sum += strength * StrictMath.sin(2 * Math.PI * h * turns);
    }
    return sum * (0.6 + 0.4 * StrictMath.sin(8 * Math.PI * seconds));
  }

  @Override
  Batch batch(List<float[]> part, int first) {
    Map<String, Tensor> inputs = new HashMap<>();
    inputs.put("input", sound(part));
    inputs.put("sr", Tensor.of(new int[0], (long) RATE));
    int[] state = {2, part.size(), STATE};
    inputs.put("h", Tensor.of(state, new float[2 * part.size() * STATE]));
    inputs.put("c", Tensor.of(state, new float[2 * part.size() * STATE]));
    return new Batch(inputs, part.size());
  }

  private static Tensor sound(List<float[]> part) {
    float[] values = new float[part.size() * PIECE];
    for (int i = 0; i < part.size(); i++) {
      System.arraycopy(part.get(i), 0, values, i * PIECE, PIECE);
    }
    return Tensor.of(new int[] {part.size(), PIECE}, values);
  }

  @Override
  public String task() {
    return "voice told from noise";
  }

  @Override
  public double quality(Runner runner) {
    int right = 0;
    Map<String, Tensor> inputs = new HashMap<>(batches().getFirst().inputs());
    for (int piece = 0; piece < PIECES; piece++) {
      List<float[]> part = new ArrayList<>();
      for (int clip = 0; clip < CLIPS; clip++) {
        part.add(sample(clip * PIECES + piece));
      }
      inputs.put("input", sound(part));
      SequencedMap<String, Tensor> outputs = runner.run(inputs);
      for (float probability : outputs.firstEntry().getValue().floats()) {
        right += probability > 0.5f == isVoice(piece) ? 1 : 0;
      }
      inputs.put("h", output(outputs, "hn"));
      inputs.put("c", output(outputs, "cn"));
    }
    return (double) right / (CLIPS * PIECES);
  }

  private static Tensor output(Map<String, Tensor> outputs, String name) {
    Tensor output = outputs.get(name);
    if (output == null) {
      throw new IllegalStateException("there is no output " + name);
    }
    return output;
  }
}
