package dev.ksgx.trace.page;

import dev.ksgx.trace.store.TraceStore;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The inspector page: swim lanes of actors and resources over time, messages as arrows, the cause
 * and the effects of each, the blame of each request. The same trace and scene give the same page,
 * byte for byte.
 */
public final class InspectorPage {
  /** More messages than these a browser does not open within seconds. */
  public static final int MOST_MESSAGES = 200_000;

  private static final Pattern GAP = Pattern.compile("\\{\\{(\\w+)}}");
  private static final List<String> SCRIPTS =
      List.of(
          "format.js",
          "trace.js",
          "axis.js",
          "look.js",
          "lanes.js",
          "state.js",
          "view.js",
          "drawing.js",
          "arrows.js",
          "pointer.js",
          "blame.js",
          "panel.js",
          "search.js",
          "page.js");

  private InspectorPage() {}

  /**
   * Writes the page, over a file that is there already.
   *
   * @throws IOException if the file cannot be written
   * @throws IllegalArgumentException if the scene has more than {@link #MOST_MESSAGES}
   */
  public static void write(TraceStore store, Scene scene, Path file) throws IOException {
    Files.writeString(file, html(store, scene));
  }

  /**
   * The whole page.
   *
   * @throws IllegalArgumentException if the scene has more than {@link #MOST_MESSAGES}
   */
  public static String html(TraceStore store, Scene scene) {
    Map<String, String> fillings =
        Map.of(
            "title", text(scene.title()),
            "style", resource("page.css"),
            "data", data(store, scene),
            "library", script("d3.min.js"),
            "script",
                SCRIPTS.stream().map(InspectorPage::script).collect(Collectors.joining("\n")));
    // In one pass: a filling that looks like a gap stays what it is.
    return GAP.matcher(resource("page.html"))
        .replaceAll(gap -> Matcher.quoteReplacement(fillings.get(gap.group(1))));
  }

  /** JSON inside of markup: no string in it can end the element or open a comment. */
  private static String data(TraceStore store, Scene scene) {
    try {
      return SceneJson.of(store, scene, MOST_MESSAGES).replace("<", "\\u003c");
    } catch (IOException e) {
      throw new UncheckedIOException(e); // It is written to memory.
    }
  }

  private static String text(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }

  /** Inside of string literals and comments, where alone it occurs, the escape means the same. */
  private static String script(String name) {
    return resource(name).replace("</script", "<\\/script");
  }

  private static String resource(String name) {
    try (InputStream in = InspectorPage.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("not in this build: " + name);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
