package dev.ksgx.cli;

import dev.ksgx.trace.query.ActorUse;
import dev.ksgx.trace.query.Blame;
import dev.ksgx.trace.query.Request;
import dev.ksgx.trace.query.Requests;
import dev.ksgx.trace.query.ResourceUse;
import dev.ksgx.trace.query.StateChange;
import dev.ksgx.trace.store.TraceStore;
import dev.ksgx.trace.text.BlameText;
import dev.ksgx.trace.text.UseText;
import java.io.PrintWriter;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Questions about where the time went. */
final class TraceFigures {
  private static final int SLICES = 10;

  private TraceFigures() {}

  @Command(
      name = "blame",
      description = {
        "Show what made launches as slow as they were: the critical path, whose parts sum to the"
            + " latency exactly. Of two parallel parts the later one is to blame.",
        "Without an option: sums over all launches.",
        "Launches planned during the warm-up are left out, as from the report of the run."
      },
      mixinStandardHelpOptions = true)
  static final class BlameIt extends TraceQuestion {
    @Option(names = "--launch", paramLabel = "N", description = "The path of one launch.")
    private Long launch;

    @Option(names = "--slowest", paramLabel = "K", description = "The paths of the K slowest.")
    private Integer slowest;

    @Option(names = "--warm-up", description = "Count launches of the warm-up, too.")
    private boolean warmUp;

    @Override
    void answer(TraceStore store, PrintWriter out) {
      Blame blame = new Blame(store);
      Requests all = new Requests(store);
      long from = warmUp ? 0 : all.measuredFromNanos();
      if (launch != null) {
        Request request = launch(store, launch);
        out.print(BlameText.path(request, blame.path(request)));
      } else if (slowest != null) {
        List<Request> requests = all.slowest(Math.max(0, slowest), from);
        requests.forEach(request -> out.print(BlameText.path(request, blame.path(request))));
        out.print(BlameText.totals(requests, blame.totals(requests)));
      } else {
        List<Request> requests = all.plannedFrom(from);
        out.print(BlameText.totals(requests, blame.totals(requests)));
      }
    }
  }

  @Command(
      name = "actors",
      description = "Show how many messages each actor handled and sent.",
      mixinStandardHelpOptions = true)
  static final class Actors extends TraceQuestion {
    @Option(names = "--limit", paramLabel = "K", description = "At most so many; default: 50.")
    private int limit = 50;

    @Override
    void answer(TraceStore store, PrintWriter out) {
      out.print(UseText.actors(ActorUse.of(store, Math.max(0, limit))));
    }
  }

  @Command(
      name = "resources",
      description = "Show how each kind of resource was held and waited for, over time.",
      mixinStandardHelpOptions = true)
  static final class Resources extends TraceQuestion {
    @Override
    void answer(TraceStore store, PrintWriter out) {
      out.print(UseText.resources(ResourceUse.of(store, SLICES), ResourceUse.endNanos(store)));
    }
  }

  @Command(
      name = "states",
      description = "Show what states actors were in: each change, with the message behind it.",
      mixinStandardHelpOptions = true)
  static final class States extends TraceQuestion {
    @Option(names = "--actor", paramLabel = "TEXT", description = "The actor has this in its path.")
    private String actor;

    @Option(names = "--name", paramLabel = "NAME", description = "Such as life, task or msr-hash.")
    private String name;

    @Option(names = "--launch", paramLabel = "N", description = "On behalf of this launch.")
    private Long launch;

    @Option(names = "--from", paramLabel = "NANOS", description = "From this instant on.")
    private long from;

    @Option(names = "--to", paramLabel = "NANOS", description = "Up to this instant.")
    private long to = Long.MAX_VALUE;

    @Option(names = "--limit", paramLabel = "K", description = "At most so many; default: 100.")
    private int limit = 100;

    @Override
    void answer(TraceStore store, PrintWriter out) {
      Long request = launch == null ? null : Long.valueOf(launch(store, launch).id());
      List<StateChange> changes =
          StateChange.list(store, actor, name, request, from, to, Math.max(0, limit));
      out.print(UseText.states(changes));
      if (changes.size() == limit) {
        out.println("(the first " + limit + "; --limit shows more)");
      }
    }
  }
}
