package org.bitindex.io;

import java.util.Collection;
import java.util.regex.Pattern;
import org.bitindex.matrix.DType;
import org.bitindex.matrix.NamedTensor;

/**
 * What tensors are to a network, as far as their names and their neighbours tell, where no graph
 * says more. What is not the weight of a product is carried unless somebody asks for it by name.
 */
final class Kinds {
  /** The kind of a floating matrix that nothing speaks against. */
  static final String MATRIX = "matrix";

  /** Scales and zero points of weights that are quantised already; never quantised again. */
  static final String SCALE = "scale of quantised weights";

  static final String BIAS = "bias";
  static final String NORM = "norm";
  static final String EMBEDDING = "embedding";
  static final String DEPTHWISE = "weights of a depthwise convolution";
  static final String EMPTY = "empty tensor";

  private static final Pattern SCALE_NAME =
      Pattern.compile(
          "(?i)(.*[._/])?(scales?|zero_?points?|zeros?|absmax|quant_map|scb|scaling_factor)"
              + "(_(inv|[0-9]+))?");
  private static final Pattern BIAS_NAME = Pattern.compile("(?i)(.*_)?bias(_.*)?");
  private static final Pattern NORM_NAME =
      Pattern.compile("(?i)(.*norm[0-9]*|ln[0-9]*|ln_.*|bn[0-9]*|gamma|beta|running_(mean|var))");
  private static final Pattern EMBEDDING_NAME =
      Pattern.compile(
          "(?i)((.*[_a-z])?(embed|embd|embedding|embeddings)s?(_?[0-9]+)?"
              + "|embed_(tokens|positions)|wte|wpe|shared)");
  private static final Pattern PARAMETER = Pattern.compile("(?i)weights?|kernel|w");
  private static final Pattern UNEMBEDDING = Pattern.compile("(?i).*(unembed|out_?embed).*");

  private Kinds() {}

  /** The kind of one of {@code all} tensors of a file. */
  static String of(NamedTensor tensor, Collection<NamedTensor> all) {
    if (tensor.shape().contains(0L)) {
      return EMPTY;
    }
    if (isScale(tensor, all)) {
      return SCALE;
    }
    String[] words = tensor.name().split("[./]", -1);
    String last = words[words.length - 1];
    String module =
        words.length > 1 && PARAMETER.matcher(last).matches() ? words[words.length - 2] : last;
    if (BIAS_NAME.matcher(last).matches()) {
      return BIAS;
    }
    if (NORM_NAME.matcher(module).matches() || NORM_NAME.matcher(last).matches()) {
      return NORM;
    }
    if (!tensor.isMatrix()) {
      return stored(tensor);
    }
    boolean embeds =
        EMBEDDING_NAME.matcher(module).matches() && !UNEMBEDDING.matcher(module).matches();
    return embeds ? EMBEDDING : MATRIX;
  }

  /** The kind of a tensor of which no more is known than how it is stored. */
  static String stored(NamedTensor tensor) {
    int rank = tensor.shape().size();
    return tensor.typeName() + (rank == 2 ? " matrix" : " tensor of rank " + rank);
  }

  /** By its name, or because its name begins with that of quantised weights. */
  private static boolean isScale(NamedTensor tensor, Collection<NamedTensor> all) {
    return tensor.type().isFloating()
        && (SCALE_NAME.matcher(tensor.name()).matches()
            || all.stream()
                .anyMatch(other ->
                    !other.type().isFloating()
                        && other.type() != DType.BOOL
                        && other.shape().size() == 2
                        && tensor.name().startsWith(other.name())
                        && tensor.name().substring(other.name().length()).matches("[._/].*")));
  }
}
