package dev.ksgx.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ksgx.trace.store.TraceStore;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * What is true of the causes in every trace of virtual time. Handlers take no time, so that a
 * message is handled at the instant of its sending, which is that at which its cause was handled,
 * unless a timer sent it. The clock moves only when nothing is left to handle, and then fires one
 * timer: whatever is handled until the next fires comes of that one. And who has a mailbox reads it
 * in order, so that of two messages the one read first was sent first.
 */
final class CauseRules {
  /** What the clock sends, at once or later. */
  private static final Set<String> TICKS =
      Set.of(
          "Core$GoOn",
          "Slices$Over",
          "Addition$LateTake",
          "Daemon$Later",
          "EinitLoop$NapOver",
          "LaunchProcess$Late",
          "LoadMessage$Due",
          "LoadMessage$GuestDue",
          "LoadMessage$OpenWindow",
          "LoadMessage$CloseWindow",
          "LifeMessage$GroupDue",
          "LifeMessage$HoldOver");

  /** A core runs one burst: it sets its timer when that begins and when the timer fires. */
  private static final String GO_ON = "Core$GoOn";

  private static final String BEGIN = "CoreMessage$Execute";

  /** Sent by the clock so as to come behind what is under way at the instant. */
  private static final String AT_ONCE = "Addition$LateTake";

  /** What makes a core set another; the one before still fires, and is not heeded. */
  private static final Set<String> CUTS =
      Set.of(
          "CoreMessage$Preempt",
          "CoreMessage$Interrupt",
          "CoreMessage$Shootdown",
          "CoreMessage$Leave",
          "CoreMessage$Unplug");

  private static final String ROWS =
      "select m.id, m.cause, m.receiver, m.sent, m.handled, m.type, c.id, c.receiver, c.handled,"
          + " m.sender from message m left join message c on c.id = m.cause order by m.id";

  private final Map<Integer, String> types = new HashMap<>();
  private final Set<Integer> ticks = new HashSet<>();
  private final Map<Integer, Long> readBefore = new HashMap<>();
  private final Map<Integer, Long> goneOn = new HashMap<>();
  private final Map<Integer, Long> cutBefore = new HashMap<>();
  private long step;

  private CauseRules(TraceStore store) {
    store.list("select id, name from type", row -> types.put(row.getInt(1), row.getString(2)));
    types.forEach(
        (id, name) -> {
          if (TICKS.contains(name)) {
            ticks.add(id);
          }
        });
  }

  /** Holds the trace to them. */
  static void hold(TraceStore store) {
    CauseRules rules = new CauseRules(store);
    assertThat(store.list(ROWS, row -> rules.check(row)).size()).isPositive();
  }

  private boolean check(ResultSet row) throws SQLException {
    long id = row.getLong(1);
    long cause = row.getLong(2);
    int receiver = row.getInt(3);
    long sent = row.getLong(4);
    int type = row.getInt(6);
    must(sent == row.getLong(5), "waited in a mailbox", id);
    if (cause == 0) {
      return true;
    }
    must(row.getLong(7) == cause && cause < id, "has no cause before it", id);
    must(row.getInt(8) == row.getInt(10), "was sent by another than handled its cause", id);
    long caused = row.getLong(9);
    String name = types.get(type);
    if (!ticks.contains(type) || name.equals(AT_ONCE)) {
      must(caused == sent, "was sent when its cause was not being handled", id);
      must(
          ticks.contains(type) || cause >= step,
          "comes of what was over before the clock moved",
          id);
    } else {
      must(caused <= sent, "was sent before its cause was handled", id);
      if (name.equals(GO_ON)) {
        goOn(id, cause, receiver);
      }
    }
    if (caused < sent || cause < step) {
      step = id;
      readBefore.clear();
    } else if (!ticks.contains(type) && !name.startsWith("akka:")) {
      Long before = readBefore.put(receiver, cause);
      must(before == null || before <= cause, "was read after what was sent later", id);
    }
    if (CUTS.contains(name)) {
      cutBefore.put(receiver, id);
    } else if (name.equals(BEGIN)) {
      goneOn.put(receiver, id);
    }
    return true;
  }

  private void goOn(long id, long cause, int core) {
    if (cutBefore.getOrDefault(core, 0L) <= cause) {
      Long before = goneOn.put(core, id);
      must(before == null || cause >= before, "was set before the last fired", id);
    }
  }

  private void must(boolean holds, String what, long id) {
    if (!holds) {
      throw new AssertionError("m" + id + " " + what);
    }
  }
}
