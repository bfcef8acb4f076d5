package dev.ksgx.runtime.virtual;

import akka.dispatch.Mailbox;
import java.util.Arrays;
import java.util.Comparator;

/**
 * Puts the actors that one step woke by system messages in the order of their paths. When an actor
 * stops, Akka tells its watchers in the order of a hash set of references, whose hash is a random
 * uid; this makes the order a function of the names.
 */
final class SystemWakeUps {
  private static final Comparator<Object> BY_PATH =
      Comparator.comparing(task -> ((Mailbox) task).actor().self().path().toStringWithoutAddress());

  private final TaskRing ring;
  private int[] places = new int[16];
  private int count;

  SystemWakeUps(TaskRing ring) {
    this.ring = ring;
  }

  /** The task last added to the ring is an actor woken by a system message. */
  void added() {
    if (count == places.length) {
      places = Arrays.copyOf(places, 2 * count);
    }
    places[count++] = ring.size() - 1;
  }

  /** The step is over. */
  void settle() {
    if (count > 1) {
      Object[] woken = new Object[count];
      for (int i = 0; i < count; i++) {
        woken[i] = ring.get(places[i]);
      }
      Arrays.sort(woken, BY_PATH);
      for (int i = 0; i < count; i++) {
        ring.set(places[i], woken[i]);
      }
    }
    count = 0;
  }
}
