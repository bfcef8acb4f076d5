package dev.ksgx.cli;

import dev.ksgx.trace.query.ActorUse;
import dev.ksgx.trace.query.Blame;
import dev.ksgx.trace.query.Request;
import dev.ksgx.trace.query.Requests;
import dev.ksgx.trace.query.ResourceUse;
import dev.ksgx.trace.query.StateChange;
import dev.ksgx.trace.query.Window;
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
        "Without an option: sums over all launches that ended.",
        "Launches planned during the warm-up are left out, as from the report of the run. The path of"
            + " a launch that was under way when the trace ended leads up to there."
      },
      mixinStandardHelpOptions = true)
  static final class BlameIt extends TraceQuestion {
    @Option(names = "--launch", paramLabel = "N", description = "The path of one launch.")
    private Long launch;

    @Option(
        names = "--request",
        paramLabel = "ID",
        description = "The path of one request, which need not have a name.")
    private Long request;

    @Option(names = "--slowest", paramLabel = "K", description = "The paths of the K slowest.")
    private Integer slowest;

    @Option(names = "--warm-up", description = "Count launches of the warm-up, too.")
    private boolean warmUp;

    @Override
    void answer(TraceStore store, PrintWriter out) {
      Asked.atMostOne(
          "--launch, --request and --slowest", launch != null, request != null, slowest != null);
      Asked.atLeastOne("--slowest", slowest);
      Blame blame = new Blame(store);
      Requests all = new Requests(store);
      if (launch != null || request != null) {
        Request one = launch == null ? request(store, request) : launch(store, launch);
        out.print(BlameText.path(one, blame.path(one)));
        return;
      }
      long from = warmUp ? 0 : all.measuredFromNanos();
      List<Request> requests = slowest == null ? all.plannedFrom(from) : all.slowest(slowest, from);
      List<Request> underWay = all.underWay(from);
      if (requests.isEmpty() && underWay.isEmpty()) {
        throw new BadInput(nothingToBlame(store, all));
      }
      if (slowest != null) {
        requests.forEach(one -> out.print(BlameText.path(one, blame.path(one))));
      }
      out.print(BlameText.totals(requests, blame.totals(requests)));
      out.print(BlameText.leftOut(underWay));
    }

    /** The lives of enclaves are made of many requests, none of which has a name. */
    private static String nothingToBlame(TraceStore store, Requests all) {
      if (!all.all().isEmpty()) {
        return "every launch of this trace was planned during the warm-up; --warm-up counts them";
      }
      List<Long> longest =
          store.list(
              "select id from requests order by latency desc limit 1", row -> row.getLong(1));
      return "no request of this trace has a name, as launches have"
          + (longest.isEmpty()
              ? ", and none ended"
              : "; blame --request " + longest.get(0) + " tells of the longest that ended");
    }
  }

  /** Figures of what the run measured, or of all of it. */
  abstract static class OfAWindow extends TraceQuestion {
    @Option(names = "--warm-up", description = "Of the whole trace, with the warm-up.")
    private boolean warmUp;

    final Window window(TraceStore store, PrintWriter out) {
      Window window = warmUp ? Window.whole(store, SLICES) : Window.measured(store, SLICES);
      out.print(UseText.head(window, store.notes()));
      return window;
    }
  }

  @Command(
      name = "actors",
      description = {
        "Show how many messages each actor handled and sent, how long they lay in its mailbox, and how"
            + " many over time.",
        "The warm-up is left out, as from the report of the run."
      },
      mixinStandardHelpOptions = true)
  static final class Actors extends OfAWindow {
    @Option(names = "--limit", paramLabel = "K", description = "At most so many; default: 50.")
    private int limit = 50;

    @Override
    void answer(TraceStore store, PrintWriter out) {
      Asked.atLeastOne("--limit", limit);
      Asked.messages(store);
      Window window = window(store, out);
      out.print(UseText.actors(ActorUse.of(store, window, limit), window));
    }
  }

  @Command(
      name = "resources",
      description = {
        "Show how each kind of resource was held and waited for, over time.",
        "The warm-up is left out, as from the report of the run."
      },
      mixinStandardHelpOptions = true)
  static final class Resources extends OfAWindow {
    @Override
    void answer(TraceStore store, PrintWriter out) {
      Window window = window(store, out);
      out.print(UseText.resources(ResourceUse.of(store, window), window));
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
    private Long from;

    @Option(names = "--to", paramLabel = "NANOS", description = "Up to this instant.")
    private Long to;

    @Option(names = "--limit", paramLabel = "K", description = "At most so many; default: 100.")
    private int limit = 100;

    @Override
    void answer(TraceStore store, PrintWriter out) {
      Asked.atLeastOne("--limit", limit);
      Asked.time(store, from, to);
      Asked.messages(store);
      Long request = launch == null ? null : Long.valueOf(launch(store, launch).id());
      List<StateChange> changes =
          StateChange.list(
              store,
              actor,
              name,
              request,
              from == null ? 0 : from,
              to == null ? Long.MAX_VALUE : to,
              limit);
      out.print(UseText.states(changes));
      if (changes.isEmpty()) {
        Asked.actor(store, actor);
        Asked.state(store, name);
      }
      if (changes.size() == limit) {
        out.println("(the first " + limit + "; --limit shows more)");
      }
    }
  }
}
