package dev.ksgx.load.sweep;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ksgx.load.report.ReportJson;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Rows as lines of a file. */
abstract class RowFormat {
  /** The line above the rows; empty if there is none. */
  abstract String header();

  /** A row without its line feed. */
  abstract String line(Row row);

  /**
   * The row that {@link #line} made a line of.
   *
   * @throws IllegalArgumentException saying what is wrong with it
   */
  abstract Row row(String line);

  /** How every file of this format begins. */
  abstract String beginning();

  static RowFormat json() {
    return new Json();
  }

  /**
   * Comma-separated values.
   *
   * @param axes columns of the values that vary
   */
  static RowFormat csv(List<String> axes) {
    return new Csv(axes);
  }

  private static final class Json extends RowFormat {
    private static final ObjectMapper MAPPER =
        new ObjectMapper().enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES);

    @Override
    String header() {
      return "";
    }

    @Override
    String beginning() {
      return "{\"id\":\"";
    }

    @Override
    String line(Row row) {
      return ReportJson.line(row);
    }

    @Override
    Row row(String line) {
      try {
        return MAPPER.readValue(line, Row.class);
      } catch (JsonProcessingException e) {
        throw new IllegalArgumentException("is no row of a sweep: " + e.getOriginalMessage(), e);
      }
    }
  }

  private static final class Csv extends RowFormat {
    private static final List<String> BEFORE = List.of("id", "version", "seed", "design");
    private static final List<String> AFTER =
        List.of(
            "replications",
            "launches",
            "saturated",
            "binds",
            "binds_utilisation",
            "offered_per_second",
            "achieved_per_second",
            "mean_us",
            "mean_half_width_us",
            "p50_us",
            "p90_us",
            "p95_us",
            "p99_us",
            "p999_us",
            "failed");

    private final List<String> axes;

    Csv(List<String> axes) {
      this.axes = axes;
    }

    @Override
    String header() {
      List<String> columns = new ArrayList<>(BEFORE);
      columns.addAll(axes);
      columns.addAll(AFTER);
      return joined(columns);
    }

    @Override
    String beginning() {
      return header();
    }

    @Override
    String line(Row row) {
      List<String> cells =
          new ArrayList<>(
              List.of(row.id(), row.version(), String.valueOf(row.seed()), row.design()));
      axes.forEach(axis -> cells.add(row.at().get(axis)));
      for (Object figure :
          new Object[] {
            row.replications(),
            row.launches(),
            row.saturated(),
            row.binds(),
            row.bindsUtilisation(),
            row.offeredPerSecond(),
            row.achievedPerSecond(),
            row.meanMicros(),
            row.meanHalfWidthMicros(),
            row.p50Micros(),
            row.p90Micros(),
            row.p95Micros(),
            row.p99Micros(),
            row.p999Micros(),
            row.failed()
          }) {
        cells.add(figure == null ? "" : String.valueOf(figure));
      }
      return joined(cells);
    }

    @Override
    Row row(String line) {
      List<String> cells = split(line);
      int expected = BEFORE.size() + axes.size() + AFTER.size();
      if (cells.size() != expected) {
        throw new IllegalArgumentException(
            "has " + cells.size() + " cells, a row of this sweep has " + expected);
      }
      Map<String, String> at = new LinkedHashMap<>();
      for (int i = 0; i < axes.size(); i++) {
        at.put(axes.get(i), cells.get(BEFORE.size() + i));
      }
      List<String> figures = cells.subList(BEFORE.size() + axes.size(), expected);
      try {
        return new Row(
            cells.get(0),
            cells.get(1),
            Long.parseLong(cells.get(2)),
            cells.get(3),
            at,
            Integer.parseInt(figures.get(0)),
            Long.parseLong(figures.get(1)),
            Boolean.parseBoolean(figures.get(2)),
            figures.get(3),
            Double.parseDouble(figures.get(4)),
            Double.parseDouble(figures.get(5)),
            Double.parseDouble(figures.get(6)),
            number(figures.get(7)),
            number(figures.get(8)),
            number(figures.get(9)),
            number(figures.get(10)),
            number(figures.get(11)),
            number(figures.get(12)),
            number(figures.get(13)),
            Long.parseLong(figures.get(14)));
      } catch (NumberFormatException e) {
        throw new IllegalArgumentException("is no row of a sweep: " + e.getMessage(), e);
      }
    }

    private static Double number(String cell) {
      return cell.isEmpty() ? null : Double.valueOf(cell);
    }

    private static String joined(List<String> cells) {
      return String.join(",", cells.stream().map(Csv::quoted).toList());
    }

    private static String quoted(String cell) {
      return cell.matches("[^,\"\\n\\r]*") ? cell : '"' + cell.replace("\"", "\"\"") + '"';
    }

    /** What {@link #joined} joined; no cell has a line break. */
    private static List<String> split(String line) {
      List<String> cells = new ArrayList<>();
      StringBuilder cell = new StringBuilder();
      boolean inQuotes = false;
      for (int i = 0; i < line.length(); i++) {
        char each = line.charAt(i);
        if (each == '"') {
          boolean isDoubled = inQuotes && i + 1 < line.length() && line.charAt(i + 1) == '"';
          if (isDoubled) {
            cell.append('"');
            i++;
          } else {
            inQuotes = !inQuotes;
          }
        } else if (each == ',' && !inQuotes) {
          cells.add(cell.toString());
          cell.setLength(0);
        } else {
          cell.append(each);
        }
      }
      cells.add(cell.toString());
      return cells;
    }
  }
}
