package dev.ksgx.kernel.enclave;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Version arrays and their slots (driver.md 3.3). */
class VaPagesTest {
  private static final int SLOTS = 512;

  private final VaPages pages = new VaPages();

  private List<VaPages.Slot> take(int count) {
    List<VaPages.Slot> slots = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      slots.add(pages.takeFirst());
    }
    return slots;
  }

  @Test
  void aVersionArrayHasRoomForFiveHundredAndTwelveReservations() {
    assertThat(pages.hasRoom()).isFalse();
    pages.add(1, null);
    for (int i = 0; i < SLOTS; i++) {
      assertThat(pages.hasRoom()).isTrue();
      pages.reserve();
    }
    assertThat(pages.hasRoom()).isFalse();
    pages.unreserve();
    assertThat(pages.hasRoom()).isTrue();
  }

  @Test
  void slotsAreEightBytesApartAndNoneHasTwoOwners() {
    pages.add(1, null);
    List<VaPages.Slot> slots = take(SLOTS);
    for (int i = 0; i < SLOTS; i++) {
      assertThat(slots.get(i).offset()).isEqualTo(8 * i);
    }
    assertThat(slots).doesNotHaveDuplicates();
    assertThatThrownBy(pages::takeFirst).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void aNewVersionArrayStandsAtTheHead() {
    pages.add(1, null);
    take(3);
    pages.add(2, null);
    assertThat(pages.takeFirst().page().frame).isEqualTo(2);
  }

  @Test
  void aFullOneGivesWayAndComesToTheHeadWhenASlotOfItIsFreed() {
    pages.add(1, null);
    List<VaPages.Slot> ofTheFirst = take(SLOTS);
    pages.add(2, null);
    VaPages.Slot slot = pages.takeFirst();
    assertThat(slot.page().frame).isEqualTo(2);
    pages.giveBack(ofTheFirst.get(77));
    assertThat(pages.takeFirst()).isEqualTo(ofTheFirst.get(77));
    assertThat(pages.takeFirst().page().frame).isEqualTo(2);
  }

  @Test
  void aSlotThatWasFoundIsFreeUntilItIsTaken() {
    pages.add(1, null);
    VaPages.Slot found = pages.find();
    assertThat(pages.find()).as("whoever comes between finds it too: B-24").isEqualTo(found);
    pages.take(found);
    assertThat(pages.find()).isNotEqualTo(found);
  }

  @Test
  void onlyAFullVersionArrayWithAHomeMayGoOutTheOneThatFilledUpFirst() {
    pages.addSecondLevel(10);
    pages.add(1, pages.nextHome());
    assertThat(pages.victim()).as("it has room").isNull();
    take(SLOTS);
    pages.add(2, pages.nextHome());
    take(SLOTS);
    assertThat(pages.victim().frame).isEqualTo(1);
    VaPages.VaPage first = pages.victim();
    pages.wentOut(first, null);
    assertThat(first.isResident()).isFalse();
    assertThat(pages.victim().frame).isEqualTo(2);
    assertThat(pages.resident()).isEqualTo(1);
    assertThat(pages.frames()).containsExactly(2, 10);
    pages.cameBack(first, 5);
    assertThat(first.frame).isEqualTo(5);
    assertThat(pages.resident()).isEqualTo(2);
    assertThat(pages.victim().frame).as("it has just come back").isEqualTo(2);
  }

  @Test
  void withoutAHomeNoneGoesOut() {
    pages.add(1, null);
    take(SLOTS);
    assertThat(pages.victim()).isNull();
  }

  @Test
  void aPageOfTheSecondLevelIsNeededForEveryFiveHundredAndTwelveOfTheFirst() {
    List<VaPages.Slot> homes = new ArrayList<>();
    for (int i = 0; i < SLOTS + 1; i++) {
      assertThat(pages.needsSecondLevel()).isEqualTo(i % SLOTS == 0);
      if (pages.needsSecondLevel()) {
        pages.addSecondLevel(10_000 + i);
      }
      homes.add(pages.nextHome());
      pages.add(i, pages.nextHome());
    }
    assertThat(homes).doesNotHaveDuplicates();
    assertThat(homes.get(SLOTS).page().frame).isEqualTo(10_000 + SLOTS);
    assertThat(homes.get(SLOTS - 1).page().frame).isEqualTo(10_000);
  }
}
