package dev.ksgx.load.page;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ksgx.load.report.ReportJson;
import dev.ksgx.load.study.StudyReport;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the file says without a browser. */
class ReportPageTest {
  private static final Pattern DATA =
      Pattern.compile("<script type=\"application/json\" id=\"report\">(.*?)</script>");
  private static final Pattern VARIABLE = Pattern.compile("(--[\\w-]+): *#([0-9a-f]{3,6});");

  private static final String PAGE = ReportPage.html(SampleStudy.whole());

  private static List<String> found(String regex, String text) {
    return Pattern.compile(regex).matcher(text).results().map(MatchResult::group).toList();
  }

  private static String data(String page) {
    var matcher = DATA.matcher(page);
    assertThat(matcher.find()).isTrue();
    return matcher.group(1);
  }

  private static String resource(String name) throws IOException {
    try (InputStream in = ReportPage.class.getResourceAsStream(name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @Test
  void theDataInsideIsTheReport() throws IOException {
    ObjectMapper mapper = new ObjectMapper();
    String data = data(PAGE);

    assertThat(mapper.readTree(data))
        .isEqualTo(mapper.readTree(ReportJson.line(SampleStudy.whole())));
    assertThat(mapper.readValue(data, StudyReport.class)).isEqualTo(SampleStudy.whole());
  }

  @Test
  void launchesThatWereTracedAreLinkedAndNoAddressBecomesMarkup() {
    String page = ReportPage.html(SampleStudy.whole(), Map.of(3, Map.of(1, "trace/\"><b>.html")));

    assertThat(page)
        .contains(
            "<div id=\"slowest\" data-pages=\"{&quot;pages&quot;:{&quot;3&quot;:{&quot;1&quot;:&quot;"
                + "trace/\\&quot;&gt;&lt;b&gt;.html&quot;}}}\">");
    assertThat(PAGE).contains("data-pages=\"{&quot;pages&quot;:{}}\"");
  }

  @Test
  void theSameReportGivesTheSamePage() {
    assertThat(ReportPage.html(SampleStudy.whole())).isEqualTo(PAGE);
  }

  @Test
  void noTextOfAReportBecomesMarkup() throws IOException {
    String page = ReportPage.html(SampleStudy.hostile());

    assertThat(found("</script", page)).hasSize(3);
    assertThat(page).doesNotContain("<script>alert");
    assertThat(new ObjectMapper().readValue(data(page), StudyReport.class))
        .isEqualTo(SampleStudy.hostile());
    assertThat(page)
        .contains(
            "<title>&lt;/script&gt;&lt;script&gt;alert('x')&lt;/script&gt;&lt;!-- {{data}} &lt;b&gt;&amp;amp;</title>");
  }

  @Test
  void nothingIsFetched() throws IOException {
    String written = resource("page.html") + resource("page.css");

    assertThat(found("(?:src|href|action)=\"[^\"]*\"", written))
        .allMatch(attribute -> attribute.matches("href=\"(#.*|data:,)\""));
    assertThat(written).doesNotContain("@import").doesNotContain("url(");
    assertThat(PAGE)
        .contains("http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; ");
  }

  @Test
  void theLibraryKeepsItsLicence() {
    assertThat(PAGE)
        .contains("Licensed to the Apache Software Foundation (ASF) under one")
        .contains("Copyright 2017-2024 The Apache Software Foundation");
  }

  @Test
  void headingsFormAnOutline() {
    String markup = PAGE.substring(0, PAGE.indexOf("<script"));
    assertThat(found("<h1", markup)).hasSize(1);
    int level = 0;
    for (String heading : found("<h\\d", markup)) {
      int next = heading.charAt(2) - '0';
      assertThat(next).as(heading).isLessThanOrEqualTo(level + 1);
      level = next;
    }
    assertThat(markup).contains("<html lang=\"en\">").contains("name=\"viewport\"");
    assertThat(found("aria-labelledby=\"([\\w-]+)\"", markup))
        .isNotEmpty()
        .allMatch(label -> markup.contains(label.replace("aria-labelledby", "id")));
  }

  /** WCAG 2.2: 1.4.3 for text, 1.4.11 for what a chart draws. */
  @ParameterizedTest
  @ValueSource(strings = {"light", "dark"})
  void coloursStandOutFromThePaper(String scheme) throws IOException {
    String css = resource("page.css");
    int dark = css.indexOf("prefers-color-scheme: dark");
    String part = scheme.equals("light") ? css.substring(0, dark) : css.substring(dark);
    Map<String, String> colours = new LinkedHashMap<>();
    VARIABLE.matcher(part).results().forEach(m -> colours.putIfAbsent(m.group(1), m.group(2)));

    assertThat(colours).hasSize(10 + 10 + 14);
    double paper = luminance(colours.get("--paper"));
    colours.forEach(
        (name, colour) -> {
          double ratio = contrast(luminance(colour), paper);
          if (name.matches("--(ink|quiet|accent|firm|warn)")) {
            assertThat(ratio).as("%s in %s", name, scheme).isGreaterThan(4.5);
          } else if (name.matches("--(series|wait|work)-.*")) {
            assertThat(ratio).as("%s in %s", name, scheme).isGreaterThan(3);
          }
        });
    assertThat(contrast(luminance(colours.get("--warn")), luminance(colours.get("--busy-bar"))))
        .isGreaterThan(4.5);
  }

  private static double contrast(double a, double b) {
    return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
  }

  private static double luminance(String hex) {
    double sum = 0;
    double[] weights = {0.2126, 0.7152, 0.0722};
    for (int i = 0; i < 3; i++) {
      double channel = Integer.parseInt(hex.substring(2 * i, 2 * i + 2), 16) / 255.0;
      double linear =
          channel <= 0.04045 ? channel / 12.92 : Math.pow((channel + 0.055) / 1.055, 2.4);
      sum += weights[i] * linear;
    }
    return sum;
  }

  @Test
  void writesOverAnOlderPage(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("report.html");
    Files.writeString(file, "older".repeat(1_000_000));
    ReportPage.write(SampleStudy.whole(), file);
    assertThat(file).hasContent(PAGE);
  }
}
