package dev.ksgx.cli;

import dev.ksgx.load.faults.FaultStudy;
import dev.ksgx.load.study.Bundles;
import dev.ksgx.load.study.Design;
import dev.ksgx.load.study.Designs;
import dev.ksgx.load.study.StopRule;
import dev.ksgx.load.study.StudyRequest;
import dev.ksgx.load.study.StudyRequest.Kind;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What is to be compared, on what, how often. */
final class CompareArguments {
  /** Designs of the argument of 2017; a daemon with one of everything is aesmd. */
  private static final List<String> USUAL =
      List.of(
          "v5",
          "v6",
          "aesmd",
          "user-le-2",
          "user-le-4",
          "user-le-8",
          "user-le-1-cache",
          "user-le-2-cache",
          "user-le-4-cache",
          "user-le-8-cache",
          "direct-always",
          "direct-cached",
          "direct-lazy");

  private static final int MOST_REPLICATIONS = 10_000;
  private static final int FIRST_ROUND = 5;
  private static final int USUAL_MOST = 30;

  @Parameters(
      arity = "0..1",
      paramLabel = "SCENARIO",
      description =
          "Base: embedded scenario or file (HOCON). What it does not say of the driver is mainline"
              + " with bugs fixed. Default: a grid of images, machines and loads.")
  private String scenario;

  @Option(
      names = "--designs",
      paramLabel = "A,B",
      description =
          "Launch designs, the first is the reference: names of embedded ones, or files that end in"
              + " .conf. Default: the designs of the argument of 2017.")
  private List<String> designs = new ArrayList<>();

  @Option(
      names = "--presets",
      paramLabel = "A,B",
      description =
          "Instead: historical bundles as shipped, such as v5,out-of-tree,dcap-le,mainline.")
  private List<String> presets = new ArrayList<>();

  @Option(
      names = "--ablate",
      paramLabel = "A:B",
      description = "Instead: bundle A with one axis at a time taken from B, such as v5:mainline.")
  private String ablate;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "Set one key of the base, such as machine.timer-hz=1000. Repeatable.")
  private List<String> settings = new ArrayList<>();

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "Seed of the first replication, from which those of the others are drawn.")
  private String seed;

  @Option(
      names = "--replications",
      paramLabel = "N",
      description =
          "Replications of each point; with --until the most. Default without SCENARIO: 5.")
  private Integer replications;

  @Option(
      names = "--until",
      paramLabel = "PERCENT",
      description = {
        "Replicate until the 95 %% interval of the mean latency (and of p99, where there is one) is"
            + " +-PERCENT. Default with SCENARIO: 5, at most 30 replications."
      })
  private Double until;

  @Option(
      names = "--full",
      description = "Without SCENARIO: six loads, 4, 16 and 64 cores, two scheduler policies.")
  private boolean full;

  /**
   * @throws BadInput if options contradict each other
   * @throws dev.ksgx.load.scenario.ScenarioException if a design or preset is not known
   */
  StudyRequest request() {
    int kinds =
        (designs.isEmpty() ? 0 : 1) + (presets.isEmpty() ? 0 : 1) + (ablate == null ? 0 : 1);
    if (kinds > 1) {
      throw new BadInput("--designs, --presets and --ablate: only one of them at a time");
    }
    if (full && scenario != null) {
      throw new BadInput("--full: has no meaning with a scenario");
    }
    return new StudyRequest(
        kind(),
        command(),
        Optional.ofNullable(scenario),
        settings,
        ScenarioArguments.seedNumber(seed),
        compared(),
        full,
        rule());
  }

  /**
   * The designs of a table of faults, which has a base and a course of its own.
   *
   * @throws BadInput if anything else is asked for
   */
  List<Design> ofFaults() {
    if (scenario != null
        || !presets.isEmpty()
        || ablate != null
        || !settings.isEmpty()
        || replications != null
        || until != null
        || full) {
      throw new BadInput(
          "--faults: takes --designs, --seed, --jobs, --json and --out; the rest is given");
    }
    return Designs.of(designs.isEmpty() ? FaultStudy.DESIGNS : namedDesigns());
  }

  private List<String> namedDesigns() {
    return Names.of("--designs", designs, "v5,direct-always");
  }

  /** The seed of a table of faults. */
  long seedOfFaults() {
    return ScenarioArguments.seedNumber(seed).orElse(1);
  }

  /** The files among scenario and designs. */
  List<Path> files() {
    List<String> words = new ArrayList<>(namedDesigns());
    if (scenario != null) {
      words.add(scenario);
    }
    return ConfigFiles.named(words);
  }

  private Kind kind() {
    return ablate != null ? Kind.ABLATION : presets.isEmpty() ? Kind.DESIGNS : Kind.BUNDLES;
  }

  private List<Design> compared() {
    List<Design> compared =
        switch (kind()) {
          case ABLATION -> Bundles.between(ablate);
          case BUNDLES -> Bundles.named(Names.of("--presets", presets, "v5,mainline"));
          case DESIGNS -> Designs.of(designs.isEmpty() ? USUAL : namedDesigns());
        };
    if (compared.size() < 2) {
      throw new BadInput("nothing to compare: name at least two");
    }
    return compared;
  }

  private Optional<StopRule> rule() {
    if (replications != null && (replications < 1 || replications > MOST_REPLICATIONS)) {
      throw new BadInput(
          "--replications " + replications + ": must be from 1 to " + MOST_REPLICATIONS);
    }
    if (until != null && !(until > 0 && until <= 100)) {
      throw new BadInput("--until " + until + ": must be a percentage above 0 and at most 100");
    }
    if (until == null) {
      return Optional.ofNullable(replications).map(StopRule::exactly);
    }
    int most = replications == null ? USUAL_MOST : replications;
    return Optional.of(new StopRule(Math.min(FIRST_ROUND, most), most, until / 100));
  }

  /** What makes the same report again: how many run at a time and what is written do not matter. */
  private String command() {
    Words words = new Words("ksgx", "compare");
    if (scenario != null) {
      words.add(scenario);
    }
    if (!designs.isEmpty()) {
      words.add("--designs", String.join(",", designs));
    }
    if (!presets.isEmpty()) {
      words.add("--presets", String.join(",", presets));
    }
    if (ablate != null) {
      words.add("--ablate", ablate);
    }
    words.each("--set", settings);
    if (seed != null) {
      words.add("--seed", seed);
    }
    if (replications != null) {
      words.add("--replications", replications);
    }
    if (until != null) {
      words.add("--until", until);
    }
    if (full) {
      words.add("--full");
    }
    return words.toString();
  }
}
