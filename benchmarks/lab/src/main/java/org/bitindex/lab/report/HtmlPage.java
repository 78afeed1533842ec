package org.bitindex.lab.report;

import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.commonmark.ext.gfm.tables.TablesExtension;
import org.commonmark.node.Image;
import org.commonmark.parser.Parser;
import org.commonmark.renderer.html.AttributeProvider;
import org.commonmark.renderer.html.HtmlRenderer;

/** One self-contained HTML page of a Markdown text: the images lie inside it. */
final class HtmlPage {
  private HtmlPage() {}

  /**
   * Renders a text.
   *
   * @param images PNG images by the names under which the text refers to them
   */
  static String of(String title, String markdown, Map<String, byte[]> images) {
    var tables = List.of(TablesExtension.create());
    var document = Parser.builder().extensions(tables).build().parse(markdown);
    AttributeProvider embed =
        (node, _, attributes) -> {
          byte[] png = node instanceof Image image ? images.get(image.getDestination()) : null;
          if (png != null) {
            attributes.put(
                "src", "data:image/png;base64," + Base64.getEncoder().encodeToString(png));
          }
        };
    String body =
        HtmlRenderer.builder()
            .extensions(tables)
            .escapeHtml(true)
            .attributeProviderFactory(_ -> embed)
            .build()
            .render(document);
    return page(title, body);
  }

  private static String page(String title, String body) {
    return """
    <!DOCTYPE html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>%s</title>
    <style>
    body { font: 16px/1.5 system-ui, sans-serif; max-width: 75rem; margin: 2rem auto; padding: 0 1rem; }
    table { border-collapse: collapse; font-size: 0.85rem; margin: 1rem 0; display: block; overflow-x: auto; }
    th, td { border: 1px solid #ccc; padding: 0.2rem 0.5rem; vertical-align: top; }
    th { background: #f2f2f2; }
    img { max-width: 100%%; }
    </style>
    </head>
    <body>
    %s</body>
    </html>
    """
        .formatted(title, body);
  }
}
