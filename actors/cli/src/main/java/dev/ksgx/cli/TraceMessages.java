package dev.ksgx.cli;

import dev.ksgx.trace.query.Filter;
import dev.ksgx.trace.query.Message;
import dev.ksgx.trace.query.Messages;
import dev.ksgx.trace.store.TraceStore;
import dev.ksgx.trace.text.MessageText;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Questions about messages. */
final class TraceMessages {
  private TraceMessages() {}

  @Command(
      name = "list",
      description = "List messages in order of handling.",
      mixinStandardHelpOptions = true)
  static final class ListThem extends TraceQuestion {
    @Option(
        names = "--actor",
        paramLabel = "TEXT",
        description = "Sender or receiver has this in its path, such as enclave-17.")
    private String actor;

    @Option(
        names = "--type",
        paramLabel = "TEXT",
        description = "The type has this in its name, such as AddPage.")
    private String type;

    @Option(names = "--launch", paramLabel = "N", description = "They serve this launch.")
    private Long launch;

    @Option(names = "--request", paramLabel = "ID", description = "They serve this request.")
    private Long request;

    @Option(
        names = "--field",
        paramLabel = "NAME=VALUE",
        description =
            "A key field has this value, such as task=12 or result=-22; enclave=16 is also what goes"
                + " to or comes from enclave-16, and so for process and core. Repeatable.")
    private List<String> fields = new ArrayList<>();

    @Option(names = "--from", paramLabel = "NANOS", description = "Handled then or later.")
    private Long from;

    @Option(names = "--to", paramLabel = "NANOS", description = "Handled then or earlier.")
    private Long to;

    @Option(names = "--limit", paramLabel = "K", description = "At most so many; default: 100.")
    private int limit = 100;

    @Override
    void answer(TraceStore store, PrintWriter out) {
      Asked.atMostOne("--launch and --request", launch != null, request != null);
      Asked.atLeastOne("--limit", limit);
      Asked.time(store, from, to);
      Asked.messages(store);
      Long served = launch == null ? request : Long.valueOf(launch(store, launch).id());
      Map<String, Long> values = Asked.fields(fields);
      Filter filter = new Filter(actor, type, served, values, from, to);
      List<Message> found = new Messages(store).list(filter, limit);
      out.print(new MessageText(store).list(found));
      if (found.isEmpty()) {
        Asked.actor(store, actor);
        Asked.type(store, type);
        values.keySet().forEach(name -> Asked.field(store, name));
      }
      if (found.size() == limit) {
        out.println("(the first " + limit + "; --limit shows more)");
      }
    }
  }

  @Command(
      name = "show",
      description = "Show one message: its fields, its cause, its effects.",
      mixinStandardHelpOptions = true)
  static final class Show extends TraceQuestion {
    @Parameters(index = "1", paramLabel = "ID", description = "A message, such as m1234.")
    private String id;

    @Override
    void answer(TraceStore store, PrintWriter out) {
      Asked.messages(store);
      out.print(new MessageText(store).show(message(store, id)));
    }
  }

  @Command(
      name = "why",
      description =
          "Show the chain of causes of a message, and what its request had waited for, held by whom.",
      mixinStandardHelpOptions = true)
  static final class Why extends TraceQuestion {
    @Parameters(index = "1", paramLabel = "ID", description = "A message, such as m1234.")
    private String id;

    @Override
    void answer(TraceStore store, PrintWriter out) {
      Asked.messages(store);
      out.print(new MessageText(store).why(message(store, id)));
    }
  }

  @Command(
      name = "launch",
      description = "Show every message of a launch, in a column for each actor.",
      mixinStandardHelpOptions = true)
  static final class Launch extends TraceQuestion {
    @Parameters(index = "1", paramLabel = "N", description = "A launch, counted from 0.")
    private long number;

    @Override
    void answer(TraceStore store, PrintWriter out) {
      Asked.messages(store);
      out.print(new MessageText(store).columns(launch(store, number)));
    }
  }
}
