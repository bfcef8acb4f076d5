package dev.ksgx.trace.export;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What ShiViz asks of a log. */
public final class ShiVizRules {
  private static final Pattern EVENT =
      Pattern.compile("(?<event>.*)\\n(?<host>\\S*) (?<clock>\\{.*\\})", Pattern.MULTILINE);

  private ShiVizRules() {}

  /** Events of each execution of a log of several, by its label. */
  static Map<String, Integer> checkExecutions(String log) throws IOException {
    Matcher delimiter = Pattern.compile(ShiViz.DELIMITER, Pattern.MULTILINE).matcher(log);
    Map<String, Integer> executions = new LinkedHashMap<>();
    String label = null;
    int from = 0;
    while (delimiter.find()) {
      if (label == null) {
        assertThat(log.substring(0, delimiter.start())).as("before the first").isEmpty();
      } else {
        add(executions, label, log.substring(from, delimiter.start()));
      }
      label = delimiter.group("trace");
      from = delimiter.end() + 1;
    }
    add(executions, label, log.substring(from));
    return executions;
  }

  private static void add(Map<String, Integer> executions, String label, String log)
      throws IOException {
    assertThat(executions.put(label, check(log))).as("label %s is unique", label).isNull();
  }

  /** Number of events of a log that keeps the rules. */
  public static int check(String log) throws IOException {
    ObjectMapper json = new ObjectMapper();
    Map<String, Integer> last = new HashMap<>();
    Map<String, Integer> named = new HashMap<>();
    Matcher matcher = EVENT.matcher(log);
    int events = 0;
    while (matcher.find()) {
      events++;
      String host = matcher.group("host");
      JsonNode clock = json.readTree(matcher.group("clock"));
      assertThat(clock.isObject() && clock.path(host).isInt()).as(matcher.group()).isTrue();
      assertThat(clock.get(host).asInt())
          .as("the own entry rises by one from 1: %s", matcher.group())
          .isEqualTo(last.merge(host, 1, Integer::sum));
      clock
          .properties()
          .forEach(entry -> named.merge(entry.getKey(), entry.getValue().asInt(), Math::max));
    }
    assertThat(log.lines().count()).isEqualTo(2L * events);
    assertThat(last.keySet()).as("hosts that have an event").containsAll(named.keySet());
    named.forEach((host, time) -> assertThat(time).isLessThanOrEqualTo(last.get(host)));
    return events;
  }
}
