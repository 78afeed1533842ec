package org.bitindex.backend;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** Providers that the making thread finds beside the others, until they are closed. */
public final class AddedProviders implements AutoCloseable {
  private final ClassLoader before = Thread.currentThread().getContextClassLoader();
  private final URLClassLoader with;

  /**
   * Adds some.
   *
   * @param folder receives their names
   */
  public AddedProviders(Path folder, Class<?>... providers) throws IOException {
    Path services = Files.createDirectories(folder.resolve("META-INF/services"));
    Files.write(
        services.resolve(BackendProvider.class.getName()),
        Stream.of(providers).map(Class::getName).toList());
    with = new URLClassLoader(new URL[] {folder.toUri().toURL()}, before);
    Thread.currentThread().setContextClassLoader(with);
  }

  @Override
  public void close() throws IOException {
    Thread.currentThread().setContextClassLoader(before);
    with.close();
  }
}
