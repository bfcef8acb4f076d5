package dev.ksgx.kernel.enclave;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** A list whose elements carry their own links. */
class ChainTest {
  private static final class Element extends Chain.Link<Element> {}

  private static List<Element> walk(Chain<Element> chain) {
    List<Element> all = new ArrayList<>();
    for (Element at = chain.first(); at != null; at = chain.after(at)) {
      all.add(at);
    }
    return all;
  }

  @Test
  void aRandomWalkLeavesWhatADequeHolds() {
    Random choice = new Random(5);
    List<Element> elements = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      elements.add(new Element());
    }
    Chain<Element> chain = new Chain<>();
    ArrayDeque<Element> reference = new ArrayDeque<>();
    for (int step = 0; step < 5_000; step++) {
      Element element = elements.get(choice.nextInt(elements.size()));
      boolean in = reference.contains(element);
      switch (choice.nextInt(4)) {
        case 0 -> {
          if (!in) {
            chain.addFirst(element);
            reference.addFirst(element);
          }
        }
        case 1 -> {
          if (!in) {
            chain.addLast(element);
            reference.addLast(element);
          }
        }
        case 2 -> {
          chain.remove(element);
          reference.remove(element);
        }
        default -> {
          if (in) {
            chain.moveToLast(element);
            reference.remove(element);
            reference.addLast(element);
          }
        }
      }
      assertThat(walk(chain)).isEqualTo(new ArrayList<>(reference));
      assertThat(chain.size()).isEqualTo(reference.size());
      assertThat(chain.isEmpty()).isEqualTo(reference.isEmpty());
      assertThat(element.isIn(chain)).isEqualTo(reference.contains(element));
    }
  }

  @Test
  void anElementStandsInOneChainAtMost() {
    Chain<Element> one = new Chain<>();
    Chain<Element> other = new Chain<>();
    Element element = new Element();
    one.addLast(element);
    assertThatThrownBy(() -> other.addFirst(element)).isInstanceOf(IllegalStateException.class);
    other.remove(element);
    assertThat(element.isIn(one)).as("another chain cannot take it out").isTrue();
    assertThat(one.size()).isEqualTo(1);
  }
}
