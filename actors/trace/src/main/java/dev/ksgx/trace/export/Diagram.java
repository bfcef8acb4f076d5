package dev.ksgx.trace.export;

import dev.ksgx.trace.store.TraceStore;
import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.Set;

/** A sequence diagram as text, for Mermaid or PlantUML. */
public enum Diagram {
  /** Its viewers refuse more than 500 arrows or 50,000 characters; what is beyond is left out. */
  MERMAID("sequenceDiagram", "", "  participant a%d as %s", "  a%d->>a%d: %s", "%% ") {
    @Override
    boolean fits(int arrows, int characters) {
      return arrows <= 500 && characters <= 49_000;
    }
  },
  /** Without a limit. */
  PLANTUML("@startuml", "@enduml", "participant \"%2$s\" as a%1$d", "a%d -> a%d : %s", "' ") {
    @Override
    boolean fits(int arrows, int characters) {
      return true;
    }
  };

  private final String head;
  private final String foot;
  private final String participant;
  private final String arrow;
  private final String comment;

  Diagram(String head, String foot, String participant, String arrow, String comment) {
    this.head = head;
    this.foot = foot;
    this.participant = participant;
    this.arrow = arrow;
    this.comment = comment;
  }

  abstract boolean fits(int arrows, int characters);

  /** Writes the selected messages. */
  public void write(TraceStore store, Selection selection, Appendable out) throws IOException {
    StringBuilder participants = new StringBuilder(head).append('\n');
    StringBuilder arrows = new StringBuilder();
    Set<Integer> named = new LinkedHashSet<>();
    int[] counts = new int[2];
    Exported.each(
        store,
        selection,
        m -> {
          for (int actor : new int[] {m.sender, m.receiver}) {
            if (counts[1] == 0 && named.add(actor)) {
              participants.append(String.format(participant, actor, m.actor(actor))).append('\n');
            }
          }
          String label = "m" + m.id + " " + m.label().replace(';', ',').replace('#', ' ');
          String next = String.format(arrow, m.sender, m.receiver, label) + "\n";
          int size = participants.length() + arrows.length() + next.length();
          if (counts[1] > 0 || !fits(counts[0] + 1, size)) {
            counts[1]++;
          } else {
            counts[0]++;
            arrows.append(next);
          }
        });
    out.append(participants).append(arrows);
    if (counts[1] > 0) {
      out.append(comment).append(Integer.toString(counts[1]));
      out.append(" more messages are left out: the viewer would refuse them\n");
    }
    if (!foot.isEmpty()) {
      out.append(foot).append('\n');
    }
  }
}
