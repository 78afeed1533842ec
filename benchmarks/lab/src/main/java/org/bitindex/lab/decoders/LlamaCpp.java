package org.bitindex.lab.decoders;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BOOLEAN;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.GroupLayout;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A model that llama.cpp runs: the C functions of {@code llama.h} inside of the library that {@code
 * de.kherud:llama} brings (Maven profile {@code decoders}), called without its Java classes, which
 * know texts but no logits.
 */
@SuppressWarnings("restricted") // it is native
public final class LlamaCpp implements AutoCloseable {
  private static final String RESOURCE = "/de/kherud/llama/Linux/x86_64/libjllama.so";

  private static final GroupLayout MODEL_PARAMETERS =
      MemoryLayout.structLayout(
          ADDRESS.withName("devices"),
          JAVA_INT.withName("n_gpu_layers"),
          JAVA_INT.withName("split_mode"),
          JAVA_INT.withName("main_gpu"),
          MemoryLayout.paddingLayout(4),
          ADDRESS.withName("tensor_split"),
          ADDRESS.withName("progress_callback"),
          ADDRESS.withName("progress_callback_user_data"),
          ADDRESS.withName("kv_overrides"),
          JAVA_BOOLEAN.withName("vocab_only"),
          JAVA_BOOLEAN.withName("use_mmap"),
          JAVA_BOOLEAN.withName("use_mlock"),
          JAVA_BOOLEAN.withName("check_tensors"),
          MemoryLayout.paddingLayout(4));

  private static final GroupLayout CONTEXT_PARAMETERS =
      MemoryLayout.structLayout(
          JAVA_INT.withName("n_ctx"),
          JAVA_INT.withName("n_batch"),
          JAVA_INT.withName("n_ubatch"),
          JAVA_INT.withName("n_seq_max"),
          JAVA_INT.withName("n_threads"),
          JAVA_INT.withName("n_threads_batch"),
          JAVA_INT.withName("rope_scaling_type"),
          JAVA_INT.withName("pooling_type"),
          JAVA_INT.withName("attention_type"),
          JAVA_FLOAT.withName("rope_freq_base"),
          JAVA_FLOAT.withName("rope_freq_scale"),
          JAVA_FLOAT.withName("yarn_ext_factor"),
          JAVA_FLOAT.withName("yarn_attn_factor"),
          JAVA_FLOAT.withName("yarn_beta_fast"),
          JAVA_FLOAT.withName("yarn_beta_slow"),
          JAVA_INT.withName("yarn_orig_ctx"),
          JAVA_FLOAT.withName("defrag_thold"),
          MemoryLayout.paddingLayout(4),
          ADDRESS.withName("cb_eval"),
          ADDRESS.withName("cb_eval_user_data"),
          JAVA_INT.withName("type_k"),
          JAVA_INT.withName("type_v"),
          JAVA_BOOLEAN.withName("logits_all"),
          JAVA_BOOLEAN.withName("embeddings"),
          JAVA_BOOLEAN.withName("offload_kqv"),
          JAVA_BOOLEAN.withName("flash_attn"),
          JAVA_BOOLEAN.withName("no_perf"),
          MemoryLayout.paddingLayout(3),
          ADDRESS.withName("abort_callback"),
          ADDRESS.withName("abort_callback_data"));

  private static final GroupLayout BATCH =
      MemoryLayout.structLayout(
          JAVA_INT.withName("n_tokens"),
          MemoryLayout.paddingLayout(4),
          ADDRESS.withName("token"),
          ADDRESS.withName("embd"),
          ADDRESS.withName("pos"),
          ADDRESS.withName("n_seq_id"),
          ADDRESS.withName("seq_id"),
          ADDRESS.withName("logits"));

  private final Arena arena = Arena.ofShared();
  private final Functions functions;
  private final MemorySegment model;
  private final MemorySegment context;
  private final int vocabulary;

  /** Why llama.cpp is not here, in one sentence; empty if it is. */
  public static Optional<String> missing() {
    return LlamaCpp.class.getResource(RESOURCE) == null
        ? Optional.of("llama.cpp is not on the class path: build with -Pdecoders")
        : Optional.empty();
  }

  /**
   * Opens a model.
   *
   * @param gguf its file
   * @param vocabulary number of tokens, as the file has them
   * @param context the most tokens of a sequence, and of a batch
   * @throws IOException if the library or the file is not there, or llama.cpp refuses it
   */
  public LlamaCpp(Path gguf, int vocabulary, int threads, int context) throws IOException {
    this.functions = Functions.load();
    this.vocabulary = vocabulary;
    MemorySegment modelParameters = functions.modelParameters(arena);
    this.model = functions.load(arena.allocateFrom(gguf.toString()), modelParameters);
    if (model.equals(MemorySegment.NULL)) {
      throw new IOException("llama.cpp does not open " + gguf);
    }
    MemorySegment parameters = functions.contextParameters(arena);
    set(parameters, "n_ctx", context);
    set(parameters, "n_batch", context);
    set(parameters, "n_ubatch", context);
    set(parameters, "n_threads", threads);
    set(parameters, "n_threads_batch", threads);
    this.context = functions.context(model, parameters);
    if (this.context.equals(MemorySegment.NULL)) {
      throw new IOException("llama.cpp makes no context for " + gguf);
    }
  }

  private static void set(MemorySegment parameters, String name, int value) {
    parameters.set(JAVA_INT, offset(CONTEXT_PARAMETERS, name), value);
  }

  private static long offset(GroupLayout layout, String name) {
    return layout.byteOffset(MemoryLayout.PathElement.groupElement(name));
  }

  /** Forgets all tokens. */
  public void clear() {
    functions.clear(context);
  }

  /**
   * Sends tokens through the model, after those before.
   *
   * @param all whether all tokens give logits, or the last one
   * @return [row x vocabulary]
   */
  public float[] forward(int[] tokens, boolean all) {
    try (Arena call = Arena.ofConfined()) {
      MemorySegment batch = call.allocate(BATCH);
      batch.set(JAVA_INT, 0, tokens.length);
      batch.set(ADDRESS, offset(BATCH, "token"), call.allocateFrom(JAVA_INT, tokens));
      if (all) {
        MemorySegment wanted = call.allocate(tokens.length);
        batch.set(ADDRESS, offset(BATCH, "logits"), wanted.fill((byte) 1));
      }
      int status = functions.decode(context, batch);
      if (status != 0) {
        throw new IllegalStateException("llama_decode returned " + status);
      }
      int rows = all ? tokens.length : 1;
      return functions
          .logits(context)
          .reinterpret((long) rows * vocabulary * Float.BYTES)
          .toArray(JAVA_FLOAT);
    }
  }

  @Override
  public void close() {
    functions.free(context, model);
    arena.close();
  }

  /** The functions of {@code llama.h} that are used. */
  private record Functions(
      MethodHandle modelDefaults,
      MethodHandle contextDefaults,
      MethodHandle modelLoad,
      MethodHandle modelFree,
      MethodHandle contextInit,
      MethodHandle contextFree,
      MethodHandle cacheClear,
      MethodHandle decode,
      MethodHandle getLogits) {
    private static final Linker LINKER = Linker.nativeLinker();
    private static @Nullable Functions loaded;

    static synchronized Functions load() throws IOException {
      Functions known = loaded;
      if (known == null) {
        SymbolLookup library = SymbolLookup.libraryLookup(extract(), Arena.global());
        silence(library);
        known =
            new Functions(
                find(
                    library, "llama_model_default_params", FunctionDescriptor.of(MODEL_PARAMETERS)),
                find(
                    library,
                    "llama_context_default_params",
                    FunctionDescriptor.of(CONTEXT_PARAMETERS)),
                find(
                    library,
                    "llama_model_load_from_file",
                    FunctionDescriptor.of(ADDRESS, ADDRESS, MODEL_PARAMETERS)),
                find(library, "llama_model_free", FunctionDescriptor.ofVoid(ADDRESS)),
                find(
                    library,
                    "llama_init_from_model",
                    FunctionDescriptor.of(ADDRESS, ADDRESS, CONTEXT_PARAMETERS)),
                find(library, "llama_free", FunctionDescriptor.ofVoid(ADDRESS)),
                find(library, "llama_kv_self_clear", FunctionDescriptor.ofVoid(ADDRESS)),
                find(library, "llama_decode", FunctionDescriptor.of(JAVA_INT, ADDRESS, BATCH)),
                find(library, "llama_get_logits", FunctionDescriptor.of(ADDRESS, ADDRESS)));
        loaded = known;
      }
      return known;
    }

    private static Path extract() throws IOException {
      Path file = Files.createTempFile("libjllama", ".so");
      file.toFile().deleteOnExit();
      try (InputStream in = LlamaCpp.class.getResourceAsStream(RESOURCE)) {
        if (in == null) {
          throw new IOException(missing().orElse("llama.cpp is not on the class path"));
        }
        Files.copy(in, file, StandardCopyOption.REPLACE_EXISTING);
      }
      return file;
    }

    private static MethodHandle find(
        SymbolLookup library, String name, FunctionDescriptor descriptor) throws IOException {
      MemorySegment address =
          library.find(name).orElseThrow(() -> new IOException("llama.cpp has no " + name));
      return LINKER.downcallHandle(address, descriptor);
    }

    /** Its messages go nowhere. */
    private static void silence(SymbolLookup library) throws IOException {
      try {
        MethodHandle nothing =
            MethodHandles.empty(
                MethodType.methodType(
                    void.class, int.class, MemorySegment.class, MemorySegment.class));
        MemorySegment stub =
            LINKER.upcallStub(
                nothing, FunctionDescriptor.ofVoid(JAVA_INT, ADDRESS, ADDRESS), Arena.global());
        find(library, "llama_log_set", FunctionDescriptor.ofVoid(ADDRESS, ADDRESS))
            .invoke(stub, MemorySegment.NULL);
      } catch (Throwable t) {
        throw failed(t);
      }
    }

    MemorySegment modelParameters(Arena arena) {
      try {
        return (MemorySegment) modelDefaults.invoke(arena);
      } catch (Throwable t) {
        throw failed(t);
      }
    }

    /** Its fields have their defaults where the layout above is that of the library. */
    MemorySegment contextParameters(Arena arena) throws IOException {
      try {
        var parameters = (MemorySegment) contextDefaults.invoke(arena);
        float slow = parameters.get(JAVA_FLOAT, offset(CONTEXT_PARAMETERS, "yarn_beta_slow"));
        float threshold = parameters.get(JAVA_FLOAT, offset(CONTEXT_PARAMETERS, "defrag_thold"));
        int keys = parameters.get(JAVA_INT, offset(CONTEXT_PARAMETERS, "type_k"));
        if (slow != 1 || Math.abs(threshold) > 1 || keys != 1) {
          throw new IOException(
              "llama.cpp has other parameters than known here: %f, %f, %d"
                  .formatted(slow, threshold, keys));
        }
        return parameters;
      } catch (IOException e) {
        throw e;
      } catch (Throwable t) {
        throw failed(t);
      }
    }

    MemorySegment load(MemorySegment path, MemorySegment parameters) {
      try {
        return (MemorySegment) modelLoad.invoke(path, parameters);
      } catch (Throwable t) {
        throw failed(t);
      }
    }

    MemorySegment context(MemorySegment model, MemorySegment parameters) {
      try {
        return (MemorySegment) contextInit.invoke(model, parameters);
      } catch (Throwable t) {
        throw failed(t);
      }
    }

    void clear(MemorySegment context) {
      try {
        cacheClear.invoke(context);
      } catch (Throwable t) {
        throw failed(t);
      }
    }

    int decode(MemorySegment context, MemorySegment batch) {
      try {
        return (int) decode.invoke(context, batch);
      } catch (Throwable t) {
        throw failed(t);
      }
    }

    MemorySegment logits(MemorySegment context) {
      try {
        return (MemorySegment) getLogits.invoke(context);
      } catch (Throwable t) {
        throw failed(t);
      }
    }

    void free(MemorySegment context, MemorySegment model) {
      try {
        contextFree.invoke(context);
        modelFree.invoke(model);
      } catch (Throwable t) {
        throw failed(t);
      }
    }

    private static IllegalStateException failed(Throwable t) {
      return new IllegalStateException("llama.cpp cannot be called: " + t.getMessage(), t);
    }
  }
}
