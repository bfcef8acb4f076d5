package dev.ksgx.cli;

import dev.ksgx.load.report.ReportJson;
import dev.ksgx.load.scenario.Nearest;
import dev.ksgx.load.scenario.Scenarios;
import dev.ksgx.load.size.Objective;
import dev.ksgx.load.size.Resource;
import dev.ksgx.load.size.SizeReport;
import dev.ksgx.load.size.SizeRequest;
import dev.ksgx.load.size.SizeRun;
import dev.ksgx.load.size.SizeText;
import dev.ksgx.load.study.Designs;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Says how much of a resource an objective takes. */
@Command(
    name = "size",
    description = {
      "Say how many cores, how much EPC, how many LE workers an objective takes at the rate of the"
          + " scenario, and how many enclaves may live on the host: one resource at a time, with the"
          + " costs that nobody measured low, as they are, and high.",
      "Exit code 1 if no resource can meet it."
    },
    mixinStandardHelpOptions = true)
final class SizeCommand implements Callable<Integer> {
  private static final Pattern PART_OF_MIX =
      Pattern.compile("([A-Za-z0-9][A-Za-z0-9 -]*)=([0-9]+(?:\\.[0-9]+)?)");

  @Spec private CommandSpec spec;

  @Parameters(
      arity = "0..1",
      paramLabel = "SCENARIO",
      description =
          "Embedded scenario or file (HOCON); default: "
              + Scenarios.COMPARISON
              + ". What it does"
              + " not say of the driver is mainline with bugs fixed.")
  private String scenario = Scenarios.COMPARISON;

  @Option(
      names = "--slo",
      required = true,
      paramLabel = "'p99 < 50 ms'",
      description = "What has to hold: METRIC COMPARISON VALUE [UNIT], as --assert of compare.")
  private String objective;

  @Option(
      names = "--design",
      paramLabel = "NAME",
      description = "Launch design in place of the scenario's driver: embedded, or a .conf file.")
  private String design;

  @Option(
      names = "--resources",
      paramLabel = "A,B",
      description = "Which to ask for: cores, epc, le-workers, enclaves. Default: all.")
  private List<String> resources = new ArrayList<>();

  @Option(
      names = "--mix",
      paramLabel = "IMAGE=WEIGHT",
      description =
          "Images in place of the scenario's, each drawn in proportion to its weight:"
              + " tiny=3,pages-75=1.")
  private List<String> mix = new ArrayList<>();

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "Set one key of the scenario, such as load.rate=20000. Repeatable.")
  private List<String> settings = new ArrayList<>();

  @Option(names = "--seed", paramLabel = "N", description = "Seed of all runs.")
  private String seed;

  @Option(
      names = "--jobs",
      paramLabel = "N",
      description = "Searches at a time; default: one a processor. Changes nothing in the result.")
  private int jobs = Runtime.getRuntime().availableProcessors();

  @Option(names = "--json", description = "Print one line of JSON, all amounts tried included.")
  private boolean json;

  @Override
  public Integer call() throws InterruptedException {
    if (jobs < 1 || jobs > 1024) {
      throw new BadInput("--jobs " + jobs + ": must be from 1 to 1024");
    }
    SizeRequest request = request();
    // Otherwise several threads make the logger at once, and it says so.
    LoggerFactory.getILoggerFactory();
    CommandLine command = spec.commandLine();
    try (Interruption interruption = Interruption.watch();
        StudyProgress progress = new StudyProgress(command.getErr(), interruption)) {
      try {
        SizeReport report = SizeRun.run(request, jobs, progress);
        progress.clear();
        command.getOut().print(json ? ReportJson.line(report) + "\n" : SizeText.of(report));
        command.getOut().flush();
        return report.isMet() ? ExitCode.OK : ExitCode.NO;
      } catch (CancellationException e) {
        progress.clear();
        command.getErr().println("ksgx: " + e.getMessage());
        command.getErr().flush();
        return ExitCode.NO;
      } catch (RuntimeException e) {
        // Told here, because after Ctrl-C the JVM is gone as soon as the interruption is closed.
        progress.clear();
        return new Errors().handleExecutionException(e, command, command.getParseResult());
      }
    }
  }

  private SizeRequest request() {
    return new SizeRequest(
        command(),
        Objective.parse(objective),
        scenario,
        withMix(),
        ScenarioArguments.seedNumber(seed),
        Optional.ofNullable(design).map(Designs::named),
        asked());
  }

  /** The settings, the mix as one more of them. */
  private List<String> withMix() {
    if (mix.isEmpty()) {
      return settings;
    }
    List<String> images = new ArrayList<>();
    for (String each : Names.of("--mix", mix, "tiny=3,pages-75=1")) {
      Matcher part = PART_OF_MIX.matcher(each);
      if (!part.matches()) {
        throw new BadInput("--mix " + each + ": must be IMAGE=WEIGHT, such as tiny=3,pages-75=1");
      }
      images.add("{ image = \"" + part.group(1) + "\", weight = " + part.group(2) + " }");
    }
    List<String> all = new ArrayList<>(settings);
    all.add("load.images=[" + String.join(", ", images) + "]");
    return all;
  }

  private List<Resource> asked() {
    if (resources.isEmpty()) {
      return List.of(Resource.values());
    }
    List<Resource> asked = new ArrayList<>();
    for (String name : Names.of("--resources", resources, "cores,epc")) {
      Resource resource =
          Arrays.stream(Resource.values())
              .filter(each -> each.key().equals(name))
              .findFirst()
              .orElseThrow(
                  () ->
                      new BadInput(
                          "unknown resource "
                              + name
                              + "; the nearest is "
                              + Nearest.of(name, Resource.names())
                              + "; resources are "
                              + String.join(", ", Resource.names())));
      if (asked.contains(resource)) {
        throw new BadInput("--resources: " + name + " is given twice");
      }
      asked.add(resource);
    }
    return asked;
  }

  private String command() {
    Words words = new Words("ksgx", "size", scenario);
    words.add("--slo", objective);
    if (design != null) {
      words.add("--design", design);
    }
    if (!resources.isEmpty()) {
      words.add("--resources", String.join(",", resources));
    }
    if (!mix.isEmpty()) {
      words.add("--mix", String.join(",", mix));
    }
    words.each("--set", settings);
    if (seed != null) {
      words.add("--seed", seed);
    }
    return words.toString();
  }
}
