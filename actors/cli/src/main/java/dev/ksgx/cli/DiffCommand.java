package dev.ksgx.cli;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.io.JsonEOFException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ksgx.load.study.JsonDiff;
import dev.ksgx.load.study.StudyDiff;
import dev.ksgx.load.study.StudyFiles;
import dev.ksgx.load.study.StudyReport;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Compares two result files. */
@Command(
    name = "diff",
    description = {
      "Say what changed between two results: of compare (results.json) beyond their intervals, and in"
          + " what they asked something else; or of run --json, where everything that differs is"
          + " told but the time it took.",
      "Exit code 1 if something changed, 0 if nothing did."
    },
    mixinStandardHelpOptions = true)
final class DiffCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(index = "0", paramLabel = "OLD.json", description = "The earlier result.")
  private Path old;

  @Parameters(index = "1", paramLabel = "NEW.json", description = "The later one.")
  private Path now;

  @Override
  public Integer call() throws IOException {
    JsonNode before = read(old);
    JsonNode after = read(now);
    if (isStudy(before) != isStudy(after)) {
      throw new BadInput(old + " and " + now + ": one is of compare, the other is of run");
    }
    StudyDiff diff =
        isStudy(before)
            ? StudyDiff.of(study(old, before), study(now, after))
            : new StudyDiff(List.of(), List.of(), JsonDiff.of(before, after));
    PrintWriter out = spec.commandLine().getOut();
    diff.notes().forEach(note -> out.println("note: " + note));
    diff.differences().forEach(difference -> out.println("studies differ: " + difference));
    diff.changes().forEach(out::println);
    out.println(inWords(diff));
    out.flush();
    return diff.isNone() ? ExitCode.OK : ExitCode.NO;
  }

  private static String inWords(StudyDiff diff) {
    int changes = diff.changes().size();
    int differences = diff.differences().size();
    if (differences == 0) {
      return changes == 0 ? "nothing changed" : many(changes, "change");
    }
    return (changes == 0 ? "no figure changed" : many(changes, "change"))
        + "; what was asked differs in "
        + many(differences, "respect");
  }

  private static String many(int number, String what) {
    return number + " " + what + (number == 1 ? "" : "s");
  }

  private static JsonNode read(Path file) throws IOException {
    JsonNode json;
    try {
      json = new ObjectMapper().readTree(InputFile.readable(file, "a JSON result").toFile());
    } catch (JsonEOFException e) {
      throw new BadInput(file + ": is cut off: it ends in the middle of the JSON", e);
    } catch (JsonProcessingException e) {
      JsonLocation at = e.getLocation();
      throw new BadInput(
          "%s:%d: is no JSON, from column %d on".formatted(file, at.getLineNr(), at.getColumnNr()),
          e);
    }
    if (!isStudy(json) && !json.has("virtualSeconds")) {
      throw new BadInput(file + ": is no result of compare or of run --json");
    }
    return json;
  }

  private static boolean isStudy(JsonNode json) {
    return json.has("points");
  }

  private static StudyReport study(Path file, JsonNode json) {
    try {
      return StudyFiles.read(json);
    } catch (IllegalArgumentException e) {
      throw new BadInput(file + ": " + Errors.oneLine(e.getMessage()), e);
    }
  }
}
