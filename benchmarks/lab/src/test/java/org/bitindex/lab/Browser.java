package org.bitindex.lab;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bitindex.Required;

/**
 * A Chromium without a window, spoken to through its driver (W3C WebDriver). Tests with it are
 * skipped where {@code chromedriver} is not on the PATH; {@code -Dbie.require=chromedriver} makes
 * them fail there.
 */
final class Browser implements AutoCloseable {
  private static final Pattern READY = Pattern.compile("started successfully on port (\\d+)");

  /** No sandbox: as root, as in many containers, Chromium has none. */
  private static final String CAPABILITIES =
      """
      {"capabilities": {"alwaysMatch": {"goog:chromeOptions": {"args": ["headless", "no-sandbox",
       "disable-gpu", "disable-dev-shm-usage", "window-size=1280,2400"]}}}}
      """;

  private final HttpClient http = HttpClient.newHttpClient();
  private final ObjectMapper mapper = new ObjectMapper();
  private final Process driver;
  private final String session;

  private Browser(Process driver, String address) throws IOException {
    this.driver = driver;
    this.session =
        address + "/session/" + send(address + "/session", CAPABILITIES).get("sessionId").asText();
  }

  /** Starts one, on a port that is free. */
  static Browser open() throws IOException {
    Process driver;
    try {
      driver = new ProcessBuilder("chromedriver", "--port=0").redirectErrorStream(true).start();
    } catch (IOException _) {
      return Required.isMissing("chromedriver", "chromedriver is not on the PATH");
    }
    try {
      BufferedReader output = driver.inputReader();
      String line;
      while ((line = output.readLine()) != null) {
        Matcher ready = READY.matcher(line);
        if (ready.find()) {
          return new Browser(driver, "http://localhost:" + ready.group(1));
        }
      }
      throw new IOException("chromedriver ended before it was ready");
    } catch (Throwable t) {
      driver.destroy();
      throw t;
    }
  }

  /** Loads a page, with all that it needs. */
  void visit(Path page) throws IOException {
    send(session + "/url", mapper.writeValueAsString(Map.of("url", page.toUri().toString())));
  }

  /** What a JavaScript expression gives, as text. */
  String ask(String expression) throws IOException {
    return send(
            session + "/execute/sync",
            mapper.writeValueAsString(
                Map.of("script", "return " + expression, "args", new Object[0])))
        .asText();
  }

  private JsonNode send(String address, String body) throws IOException {
    return value(
        HttpRequest.newBuilder(URI.create(address)).POST(BodyPublishers.ofString(body)).build());
  }

  private JsonNode value(HttpRequest request) throws IOException {
    JsonNode value = mapper.readTree(answer(request)).path("value");
    if (value.has("error")) {
      throw new IOException("chromedriver: " + value);
    }
    return value;
  }

  private String answer(HttpRequest request) throws IOException {
    try {
      return http.send(request, BodyHandlers.ofString()).body();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while chromedriver answered", e);
    }
  }

  @Override
  public void close() throws IOException {
    try {
      value(HttpRequest.newBuilder(URI.create(session)).DELETE().build());
    } finally {
      driver.destroy();
      http.close();
    }
  }
}
