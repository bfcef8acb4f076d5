package dev.ksgx.hardware.epc;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * The access word of one EPC frame: who uses the frame right now (isa.md 3.2).
 *
 * <p>Bits 0..15 count the shared users, bit 16 is the one exclusive user, bits 17..19 are the group
 * locks. Exclusive excludes shared and exclusive; a group excludes only its own members. A word
 * that is 0 is used by nobody. Each word is taken by compare-and-set; a user who does not get it is
 * told so and never waits.
 */
public final class AccessWord {
  /** One shared user. */
  public static final int SHARED = 1;

  /** The exclusive user. */
  public static final int EXCLUSIVE = 1 << 16;

  /** Group A, of a page: EACCEPT, EACCEPTCOPY, EMODPE, EMODPR, EMODT. */
  public static final int GROUP_A = 1 << 17;

  /** Group B, of an SECS, the measurement lock: EADD, EEXTEND, EINIT. */
  public static final int GROUP_B = 1 << 18;

  /** Group C, of an SECS, the tracking lock: ETRACK, ETRACKC. */
  public static final int GROUP_C = 1 << 19;

  private static final int SHARED_COUNT = EXCLUSIVE - 1;
  private static final VarHandle WORD = MethodHandles.arrayElementVarHandle(int[].class);

  private AccessWord() {}

  /** Takes {@code use} (one of the constants) of the word, or answers false. */
  static boolean tryTake(int[] words, int index, int use) {
    int excluded = excludedBy(use);
    int word = (int) WORD.getAcquire(words, index);
    while ((word & excluded) == 0) {
      int seen = (int) WORD.compareAndExchange(words, index, word, word + use);
      if (seen == word) {
        return true;
      }
      word = seen;
    }
    return false;
  }

  /** Gives back a use that {@link #tryTake} granted. */
  static void release(int[] words, int index, int use) {
    WORD.getAndAdd(words, index, -use);
  }

  static int get(int[] words, int index) {
    return (int) WORD.getAcquire(words, index);
  }

  private static int excludedBy(int use) {
    return switch (use) {
      case SHARED -> EXCLUSIVE;
      case EXCLUSIVE -> EXCLUSIVE | SHARED_COUNT;
      case GROUP_A, GROUP_B, GROUP_C -> use;
      default -> throw new IllegalArgumentException("not an access class: " + use);
    };
  }
}
