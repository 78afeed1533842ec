package org.bitindex.backend;

import java.util.Comparator;
import java.util.List;
import java.util.ServiceLoader;
import java.util.StringJoiner;
import org.bitindex.BackendException;

/**
 * Finds and opens backends. None multiplies for a caller before it has passed a self-check: fixed
 * products that must equal the scalar reference's to the bit.
 *
 * <p>A device that is named, also a width of the vector backend ({@code vector:256}), is checked
 * before it is handed out, and serves every product itself. Without a width the vector backend is
 * handed out at once and checked in the background, since its code is slow until the JVM has
 * compiled it: until then the reference serves small products, with the same bits, and large ones
 * wait for the check. If it fails, all further products throw a {@link BackendException} with the
 * reason. {@link Plan#prepare} waits until the backend itself multiplies.
 */
public final class Backends {
  /** Stands for the best backend of this machine. */
  public static final String AUTO = "auto";

  /** System property that {@link #open()} reads. */
  public static final String PROPERTY = "bie.backend";

  private static final String REFERENCE = "scalar";

  private static final System.Logger LOGGER = System.getLogger(Backends.class.getName());

  private Backends() {}

  /** All providers, the most preferred first. */
  public static List<BackendProvider> providers() {
    return ServiceLoader.load(BackendProvider.class).stream()
        .map(ServiceLoader.Provider::get)
        .sorted(Comparator.comparingInt(BackendProvider::priority).reversed())
        .toList();
  }

  /**
   * Opens the backend that system property {@value #PROPERTY} names, or the best, on all
   * processors.
   */
  public static Backend open() {
    return open(System.getProperty(PROPERTY, AUTO), Runtime.getRuntime().availableProcessors());
  }

  /**
   * Opens a backend.
   *
   * @param name {@code auto}, a provider's name, or a name and a device id: {@code tornado:0:1}
   * @param threads CPU threads to use, at least 1
   * @throws IllegalArgumentException if there is no provider of that name
   * @throws BackendException if the named backend is unavailable, with the reason
   */
  public static Backend open(String name, int threads) {
    if (threads < 1) {
      throw new IllegalArgumentException("threads is " + threads + ", must be at least 1");
    }
    if (name.equals(AUTO)) {
      return openBest(threads);
    }
    int colon = name.indexOf(':');
    String providerName = colon < 0 ? name : name.substring(0, colon);
    String deviceId = colon < 0 ? "" : name.substring(colon + 1);
    return create(provider(providerName), deviceId, threads);
  }

  private static BackendProvider provider(String name) {
    List<BackendProvider> providers = providers();
    for (BackendProvider provider : providers) {
      if (provider.name().equals(name)) {
        return provider;
      }
    }
    throw new IllegalArgumentException(
        "no backend is named "
            + name
            + ", there are "
            + AUTO
            + ", "
            + String.join(", ", providers.stream().map(BackendProvider::name).toList()));
  }

  private static Backend openBest(int threads) {
    var reasons = new StringJoiner("; ");
    for (BackendProvider provider : providers()) {
      switch (provider.availability()) {
        case Availability.Ready(var _, boolean preferred) when preferred -> {
          try {
            Backend backend = create(provider, "", threads);
            logChoice(provider, reasons.toString());
            return backend;
          } catch (BackendException e) {
            reasons.add(e.getMessage());
          }
        }
        case Availability.Ready _ -> {}
        case Availability.Unavailable(String reason) ->
            reasons.add(provider.name() + " is unavailable: " + reason);
      }
    }
    throw new BackendException("no backend can be used: " + reasons);
  }

  /** The slow reference is worth a warning; a machine without a GPU is not. */
  private static void logChoice(BackendProvider chosen, String reasons) {
    boolean slow = chosen.name().equals(REFERENCE);
    LOGGER.log(
        slow ? System.Logger.Level.WARNING : System.Logger.Level.DEBUG,
        "using backend {0}{1}",
        chosen.name(),
        reasons.isEmpty() ? "" : ", because " + reasons);
  }

  private static Backend create(BackendProvider provider, String deviceId, int threads) {
    if (provider.availability() instanceof Availability.Unavailable(String reason)) {
      throw new BackendException(provider.name() + " is unavailable: " + reason);
    }
    Backend backend = provider.create(deviceId, threads);
    if (provider.name().equals(REFERENCE)) {
      return new ObservedBackend(backend);
    }
    if (provider.warmsUp() && deviceId.isEmpty()) {
      return new ObservedBackend(
          new WarmingBackend(
              backend, provider(REFERENCE).create("", threads), WarmingBackend.thread()));
    }
    try (Backend reference = provider(REFERENCE).create("", 1)) {
      SelfCheck.require(backend, reference);
      return new ObservedBackend(backend);
    } catch (Throwable t) {
      backend.close();
      throw t;
    }
  }
}
