package dev.ksgx.kernel.cpu;

import dev.ksgx.protocol.message.CoreMessage;
import dev.ksgx.protocol.message.SchedulerMessage;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Interrupts to cores on behalf of others, until each core has taken its own. */
final class Shootdowns {
  private static final class Open {
    final SchedulerMessage.Shootdown asked;
    int cores;
    int taken;

    Open(SchedulerMessage.Shootdown asked) {
      this.asked = asked;
    }
  }

  private final Map<Long, Open> open = new TreeMap<>();
  private long last;

  /** Interrupt the cores among {@code places} on which a task of the processes runs. */
  void begin(SchedulerMessage.Shootdown asked, List<Place> places) {
    Open shootdown = new Open(asked);
    long number = ++last;
    for (Place place : places) {
      if (place.task != null && asked.pids().contains(place.task.ref.pid())) {
        shootdown.cores++;
        place.ref.tell(new CoreMessage.Shootdown(number));
      }
    }
    if (shootdown.cores == 0) {
      acknowledge(shootdown);
    } else {
      open.put(number, shootdown);
    }
  }

  /** A core has taken it. */
  void taken(long number) {
    Open shootdown = open.get(number);
    shootdown.taken++;
    if (shootdown.taken == shootdown.cores) {
      open.remove(number);
      acknowledge(shootdown);
    }
  }

  private static void acknowledge(Open shootdown) {
    SchedulerMessage.Shootdown asked = shootdown.asked;
    asked.replyTo().tell(new SchedulerMessage.Acknowledged(asked.call(), shootdown.cores));
  }
}
