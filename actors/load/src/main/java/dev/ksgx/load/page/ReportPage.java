package dev.ksgx.load.page;

import dev.ksgx.load.report.ReportJson;
import dev.ksgx.load.study.StudyReport;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * {@code report.html}: the figures of {@code results.json}, drawn. The same report gives the same
 * page, byte for byte.
 */
public final class ReportPage {
  private static final Pattern GAP = Pattern.compile("\\{\\{(\\w+)}}");

  /** Where slow launches can be looked into. */
  private record Links(Map<Integer, Map<Integer, String>> pages) {}

  private ReportPage() {}

  /**
   * Writes the page, over a file that is there already.
   *
   * @throws IOException if the file cannot be written
   */
  public static void write(StudyReport report, Path file) throws IOException {
    Files.writeString(file, html(report));
  }

  /** The whole page. */
  public static String html(StudyReport report) {
    return html(report, Map.of());
  }

  /**
   * The whole page, in which slowest launches lead to where they can be looked into: to an anchor
   * {@code #launch-17} of a page.
   *
   * @param pages relative addresses, by index of the point and number of the replication
   */
  public static String html(StudyReport report, Map<Integer, Map<Integer, String>> pages) {
    Map<String, String> fillings =
        Map.of(
            "title", text(report.title()),
            "style", resource("page.css"),
            "data", data(report),
            "pages", text(ReportJson.line(new Links(pages))).replace("\"", "&quot;"),
            "library", script("echarts.common.min.js"),
            "script", scripts());
    // In one pass: a filling that looks like a gap stays what it is.
    return GAP.matcher(resource("page.html"))
        .replaceAll(gap -> Matcher.quoteReplacement(fillings.get(gap.group(1))));
  }

  /** JSON inside of markup: no string in it can end the element or open a comment. */
  private static String data(StudyReport report) {
    return ReportJson.line(report).replace("<", "\\u003c");
  }

  private static String text(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }

  private static String scripts() {
    return Stream.of("format.js", "study.js", "look.js", "tables.js", "charts.js", "page.js")
        .map(ReportPage::script)
        .collect(Collectors.joining("\n"));
  }

  /** Inside of string literals and comments, where alone it occurs, the escape means the same. */
  private static String script(String name) {
    return resource(name).replace("</script", "<\\/script");
  }

  private static String resource(String name) {
    try (InputStream in = ReportPage.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("not in this build: " + name);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
