package dev.ksgx.hardware.epc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Concurrency classes of one page, isa.md 3.2. */
class AccessWordTest {
  private final int[] words = new int[3];

  @Test
  void exclusiveExcludesExclusiveAndShared() {
    assertThat(take(AccessWord.EXCLUSIVE)).isTrue();
    assertThat(take(AccessWord.EXCLUSIVE)).isFalse();
    assertThat(take(AccessWord.SHARED)).isFalse();
    AccessWord.release(words, 1, AccessWord.EXCLUSIVE);
    assertThat(take(AccessWord.SHARED)).isTrue();
  }

  @Test
  void sharedExcludesExclusiveOnly() {
    assertThat(take(AccessWord.SHARED)).isTrue();
    assertThat(take(AccessWord.SHARED)).isTrue();
    assertThat(take(AccessWord.EXCLUSIVE)).isFalse();
    AccessWord.release(words, 1, AccessWord.SHARED);
    assertThat(take(AccessWord.EXCLUSIVE)).isFalse();
    AccessWord.release(words, 1, AccessWord.SHARED);
    assertThat(take(AccessWord.EXCLUSIVE)).isTrue();
  }

  @Test
  void groupExcludesItsOwnMembersOnly() {
    List<Integer> groups = List.of(AccessWord.GROUP_A, AccessWord.GROUP_B, AccessWord.GROUP_C);
    for (int group : groups) {
      assertThat(take(group)).isTrue();
    }
    for (int group : groups) {
      assertThat(take(group)).isFalse();
    }
    assertThat(take(AccessWord.EXCLUSIVE)).isTrue();
    AccessWord.release(words, 1, AccessWord.EXCLUSIVE);
    assertThat(take(AccessWord.SHARED)).isTrue();
  }

  @Test
  void aRefusedUseLeavesTheWordAsItWas() {
    take(AccessWord.EXCLUSIVE);
    int before = AccessWord.get(words, 1);
    take(AccessWord.SHARED);
    assertThat(AccessWord.get(words, 1)).isEqualTo(before);
  }

  @Test
  void neighboursAreIndependent() {
    take(AccessWord.EXCLUSIVE);
    assertThat(AccessWord.tryTake(words, 0, AccessWord.EXCLUSIVE)).isTrue();
    assertThat(AccessWord.tryTake(words, 2, AccessWord.EXCLUSIVE)).isTrue();
  }

  @Test
  void onlyTheFiveClassesCanBeTaken() {
    assertThatThrownBy(() -> take(3)).isInstanceOf(IllegalArgumentException.class);
  }

  private boolean take(int use) {
    return AccessWord.tryTake(words, 1, use);
  }
}
