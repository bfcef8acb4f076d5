package dev.ksgx.kernel.check;

import dev.ksgx.kernel.config.Bugs;
import java.util.List;
import java.util.Optional;

/** What always holds (driver.md 2.3, 9), with the bugs of the driver that break it. */
public enum Invariant {
  /** No frame has two owners. */
  ONE_OWNER("a frame has one owner"),

  /** A frame that is on its way between the pool and an owner gets there. */
  SOMEBODYS("a frame is in the pool or somebody's"),

  /** What owns a frame is what the EPCM says is in it. */
  OWNER_AS_IN_EPCM(
      "a frame holds what its owner says", Bugs.FREE_WITHOUT_EREMOVE, Bugs.FREE_AFTER_FAILED_EWB),

  /** The count of free frames is the length of the list. */
  FREE_COUNT("the count of free frames is the length of the list"),

  /** No frame in the pool is VALID. */
  POOL_NOT_VALID(
      "no frame in the pool is VALID", Bugs.FREE_WITHOUT_EREMOVE, Bugs.FREE_AFTER_FAILED_EWB),

  /** The driver's child count, its resident pages and the EPCM agree. */
  CHILDREN(
      "children are the resident pages", Bugs.FREE_WITHOUT_EREMOVE, Bugs.FREE_AFTER_FAILED_EWB),

  /** An SECS is in while a page of its enclave is. */
  SECS_STAYS("an SECS is in while a page of its enclave is"),

  /** A slot of a version array has at most one owner, and is taken if it has one. */
  SLOT_OWNER("a version-array slot has one owner", Bugs.VA_SLOT_RACE),

  /** A page is in, or out with its copy and slot, or still to be added. */
  PAGE_SOMEWHERE(
      "a page is in, or out with copy and slot, or still to be added",
      Bugs.SILENT_ADD_FAILURE,
      Bugs.FREE_AFTER_FAILED_EWB,
      Bugs.FREE_WITHOUT_EREMOVE),

  /** A page-table entry points to the frame of its page. */
  ENTRY("a page-table entry points to the frame of its page"),

  /** What is dead stays dead. */
  DEAD_STAYS("DEAD stays", Bugs.INITIALIZED_UNLOCKED),

  /** No leaf meets a table conflict. */
  NO_CONFLICT("no leaf meets a table conflict");

  private final String rule;
  private final List<String> brokenBy;

  Invariant(String rule, String... brokenBy) {
    this.rule = rule;
    this.brokenBy = List.of(brokenBy);
  }

  /** The rule in words. */
  public String rule() {
    return rule;
  }

  /** The bug among {@code bugs} that breaks the rule, if there is one. */
  public Optional<String> brokenBy(Bugs bugs) {
    return brokenBy.stream().filter(bugs::has).findFirst();
  }
}
