package dev.ksgx.cli;

import dev.ksgx.trace.export.Selection;
import dev.ksgx.trace.page.InspectorPage;
import dev.ksgx.trace.page.Scene;
import dev.ksgx.trace.query.Request;
import dev.ksgx.trace.query.Requests;
import dev.ksgx.trace.store.TraceStore;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** A part of a trace as a page. */
@Command(
    name = "page",
    description = {
      "Write launches, or a piece of time, as a page: messages as arrows between lanes of actors and"
          + " resources, with cause, effects and blame.",
      "Without an option: the ten slowest launches.",
      "Of those, launches planned during the warm-up are left out, as from the report of the run."
    },
    mixinStandardHelpOptions = true)
final class TracePage extends TraceQuestion {
  @Option(
      names = "--launch",
      paramLabel = "N",
      split = ",",
      description = "This launch. Repeatable, or a list such as 17,18.")
  private List<Long> launches = List.of();

  @Option(names = "--slowest", paramLabel = "K", description = "The K slowest launches.")
  private Integer slowest;

  @Option(
      names = "--warm-up",
      description = "Count launches of the warm-up among the slowest, too.")
  private boolean warmUp;

  @Option(names = "--from", paramLabel = "NANOS", description = "All from this instant on.")
  private Long from;

  @Option(names = "--to", paramLabel = "NANOS", description = "All up to this instant.")
  private Long to;

  @Option(names = "--out", paramLabel = "FILE", required = true, description = "The page.")
  private Path target;

  @Override
  Path target() {
    return target;
  }

  @Override
  void answer(TraceStore store, PrintWriter out) throws IOException {
    Scene scene = scene(store);
    if (!Asked.hasMessages(store)) {
      say("there are no messages on it, recorded with --trace-detail requests: only launches");
    }
    String page;
    try {
      page = InspectorPage.html(store, scene);
    } catch (IllegalArgumentException e) {
      throw new BadInput(scene.title() + ": " + e.getMessage(), e);
    }
    NewFile.write(target, page.getBytes(StandardCharsets.UTF_8));
  }

  private Scene scene(TraceStore store) {
    Asked.atMostOne(
        "--launch, --slowest and --from or --to",
        !launches.isEmpty(),
        slowest != null,
        from != null || to != null);
    Asked.atLeastOne("--slowest", slowest);
    Asked.time(store, from, to);
    if (from != null || to != null) {
      return Scene.of(store, new Selection(null, from, to));
    }
    if (!launches.isEmpty()) {
      return Scene.of(launches.stream().distinct().map(n -> launch(store, n)).toList());
    }
    Requests all = new Requests(store);
    long measured = warmUp ? 0 : all.measuredFromNanos();
    List<Request> found = all.slowest(slowest == null ? 10 : slowest, measured);
    if (found.isEmpty()) {
      List<Request> underWay = all.underWay(measured);
      throw new BadInput(
          "no launch ended in this trace; choose "
              + (underWay.isEmpty() ? "" : "one under way by --launch " + underWay.get(0).number())
              + (underWay.isEmpty() ? "" : ", or ")
              + "a time by --from and --to");
    }
    return new Scene("The " + found.size() + " slowest launches", found, null, null);
  }
}
