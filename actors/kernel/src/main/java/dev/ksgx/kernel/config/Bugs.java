package dev.ksgx.kernel.config;

import java.util.Collection;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Which historical bugs (driver.md 9) the driver has. Where real code misses a lock or an undo, the
 * model has the bug if its id is in here and does the right thing otherwise.
 */
public final class Bugs {
  /** The allocator never gives up when nothing can be evicted. */
  public static final String ALLOCATOR_LOOPS = "B-12";

  /** INITIALIZED is set after the lock is dropped; a concurrent DEAD is lost. */
  public static final String INITIALIZED_UNLOCKED = "B-17";

  /** Two concurrent ADD_PAGEs may get the same VA slot. */
  public static final String VA_SLOT_RACE = "B-24";

  /** A frame goes back to the pool although its EREMOVE failed. */
  public static final String FREE_WITHOUT_EREMOVE = "B-26";

  /** An interrupted requester leaves its reply behind for the next one. */
  public static final String STALE_REPLY = "B-29";

  /** A launch enclave that died is not started again while the device is open. */
  public static final String NO_LE_RESTART = "B-30";

  /** A launch enclave that gets no key hands out a token without a MAC and calls it a success. */
  public static final String UNSIGNED_TOKEN = "B-31";

  /** The shared slot may be overwritten while the launch enclave's process copies it. */
  public static final String TORN_REQUEST = "B-32";

  /** EINIT without a token gets a page that was not cleared, and may find a token there. */
  public static final String TOKEN_PAGE_NOT_CLEARED = "B-33";

  /** Suspend waits for work on a queue that is frozen already, and looks at enclaves unlocked. */
  public static final String SUSPEND_WAITS_FOR_FROZEN_QUEUE = "B-42";

  /** A failed add is silent; the adds after it are dropped. */
  public static final String SILENT_ADD_FAILURE = "B-43";

  /** A fault that finds one frame where it needs two gives the one back, and faults again. */
  public static final String FRAME_HANDED_BACK = "B-44";

  /** A debugger whose page is not to be had spins for it under the mmap lock. */
  public static final String DEBUGGER_SPINS = "B-45";

  /** The swapper never sleeps while frames are short, even if nothing can be evicted. */
  public static final String SWAPPER_SPINS = "B-46";

  /** The hash MSRs are written when the driver is loaded and never again, not after a sleep. */
  public static final String HASH_WRITTEN_AT_LOAD_ONLY = "B-53";

  /** A failed copy from user space returns the positive number of bytes left. */
  public static final String POSITIVE_COPY_RESULT = "B-66";

  /** A page whose EWB failed counts as evicted; its frame goes to the pool still valid. */
  public static final String FREE_AFTER_FAILED_EWB = "B-76";

  /** A stale cache of the hash MSRs is repaired after code 16 alone, not after code 2. */
  public static final String STALE_HASH_AFTER_CODE_2 = "B-85";

  private static final SortedSet<String> V5 =
      new TreeSet<>(
          java.util.List.of(
              ALLOCATOR_LOOPS,
              INITIALIZED_UNLOCKED,
              VA_SLOT_RACE,
              FREE_WITHOUT_EREMOVE,
              STALE_REPLY,
              NO_LE_RESTART,
              SUSPEND_WAITS_FOR_FROZEN_QUEUE,
              SILENT_ADD_FAILURE,
              FRAME_HANDED_BACK,
              DEBUGGER_SPINS,
              SWAPPER_SPINS,
              POSITIVE_COPY_RESULT));

  private static final SortedSet<String> DCAP_LE = without(VA_SLOT_RACE, ALLOCATOR_LOOPS);

  static {
    DCAP_LE.add(UNSIGNED_TOKEN);
    DCAP_LE.add(TORN_REQUEST);
  }

  private static final SortedSet<String> MAINLINE =
      new TreeSet<>(java.util.List.of(DEBUGGER_SPINS, FREE_AFTER_FAILED_EWB));

  private static final SortedSet<String> KNOWN = new TreeSet<>(V5);

  static {
    KNOWN.addAll(DCAP_LE);
    KNOWN.addAll(MAINLINE);
    KNOWN.add(TOKEN_PAGE_NOT_CLEARED);
    KNOWN.add(HASH_WRITTEN_AT_LOAD_ONLY);
    KNOWN.add(STALE_HASH_AFTER_CODE_2);
  }

  private static final Bugs FIXED = new Bugs(new TreeSet<>());

  private final SortedSet<String> ids;

  private Bugs(SortedSet<String> ids) {
    this.ids = ids;
  }

  /** No bug at all: the default of the library. */
  public static Bugs fixed() {
    return FIXED;
  }

  /** The modelled bugs that {@code preset} had. */
  public static Bugs asShipped(Preset preset) {
    return switch (preset) {
      case V5 -> new Bugs(V5);
      case OUT_OF_TREE -> new Bugs(outOfTree());
      case DCAP_LE -> new Bugs(DCAP_LE);
      case MAINLINE -> new Bugs(MAINLINE);
    };
  }

  private static SortedSet<String> outOfTree() {
    SortedSet<String> bugs = without(STALE_REPLY, NO_LE_RESTART);
    bugs.add(HASH_WRITTEN_AT_LOAD_ONLY);
    return bugs;
  }

  private static SortedSet<String> without(String... ids) {
    TreeSet<String> left = new TreeSet<>(V5);
    left.removeAll(java.util.List.of(ids));
    return left;
  }

  /**
   * The named bugs.
   *
   * @throws IllegalArgumentException for an id that the model does not know
   */
  public static Bugs of(Collection<String> ids) {
    TreeSet<String> known = new TreeSet<>();
    for (String id : ids) {
      if (!KNOWN.contains(id)) {
        throw new IllegalArgumentException(
            "unknown bug '" + id + "': the model knows " + String.join(", ", KNOWN));
      }
      known.add(id);
    }
    return new Bugs(known);
  }

  /** True if the driver has the bug. */
  public boolean has(String id) {
    return ids.contains(id);
  }

  /** The ids, sorted. */
  public SortedSet<String> ids() {
    return new TreeSet<>(ids);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Bugs bugs && bugs.ids.equals(ids);
  }

  @Override
  public int hashCode() {
    return ids.hashCode();
  }

  @Override
  public String toString() {
    return ids.isEmpty() ? "fixed" : String.join(",", ids);
  }
}
