package dev.ksgx.hardware.leaf;

import dev.ksgx.hardware.paging.EvictedPage;
import dev.ksgx.hardware.structure.Bytes;
import dev.ksgx.hardware.structure.EinitToken;
import dev.ksgx.hardware.structure.SecInfo;
import dev.ksgx.hardware.structure.SigStruct;

/**
 * The ENCLS instructions as a driver issues them: EPC operands by physical address ({@code
 * Epc.addressOf}), operands in ordinary memory by value, at addresses of this class that are mapped
 * and aligned. The records behind them have every operand address.
 */
public final class Encls {
  /** RBX of the leaves with a PAGEINFO; also serves as its SRCPGE, SECINFO and PCMD pointers. */
  static final long ORDINARY_MEMORY = 0x10_0000;

  private static final long PT_VA = 3;

  private Encls() {}

  /** ECREATE of the SECS with these 4096 bytes. */
  public static EnclsRequest ecreate(long secsPage, Bytes secsImage) {
    return new Ecreate(
        ORDINARY_MEMORY,
        secsPage,
        0,
        ORDINARY_MEMORY,
        ORDINARY_MEMORY,
        0,
        Ecreate.SECS_INFO,
        secsImage);
  }

  /** EADD of a page at {@code linaddr}; {@code content}, 4096 bytes, is shared until written. */
  public static EnclsRequest eadd(
      long page, long secsPage, long linaddr, SecInfo secInfo, Bytes content) {
    return eaddRecord(page, secsPage, linaddr, secInfo, content);
  }

  /**
   * EADD and then EEXTEND of the chunks of 256 bytes whose bits are set in {@code mrmask} (16
   * bits), as one step with the same checks and the same result.
   */
  public static EnclsRequest addPage(
      long page, long secsPage, long linaddr, SecInfo secInfo, Bytes content, int mrmask) {
    return new AddPage(eaddRecord(page, secsPage, linaddr, secInfo, content), mrmask);
  }

  /** EEXTEND of the 256 bytes at EPC address {@code chunk}. */
  public static EnclsRequest eextend(long secsPage, long chunk) {
    return new Eextend(secsPage, chunk);
  }

  /** EINIT; a token that is not wanted is one with VALID = 0, as hardware reads it in any case. */
  public static EnclsRequest einit(long secsPage, SigStruct sigStruct, EinitToken token) {
    return new Einit(ORDINARY_MEMORY, secsPage, ORDINARY_MEMORY, sigStruct, token);
  }

  /** EREMOVE. */
  public static EnclsRequest eremove(long page) {
    return new Eremove(page);
  }

  /** EPA: a version array page. */
  public static EnclsRequest epa(long page) {
    return new Epa(PT_VA, page);
  }

  /** EBLOCK: nobody may translate addresses of the page any more. */
  public static EnclsRequest eblock(long page) {
    return new Eblock(page);
  }

  /** ETRACK: a new tracking cycle of the enclave. */
  public static EnclsRequest etrack(long secsPage) {
    return new Etrack(secsPage);
  }

  /** ETRACKC: the same, named by any page of the enclave; not on every processor. */
  public static EnclsRequest etrackc(long page) {
    return new Etrackc(page);
  }

  /**
   * EWB of a page, its version to the slot at EPC address {@code vaSlot}; the page is in {@link
   * LeafInFlight#evicted()} once the leaf has ended.
   */
  public static EnclsRequest ewb(long page, long vaSlot) {
    return new Ewb(
        ORDINARY_MEMORY, page, vaSlot, 0, ORDINARY_MEMORY, ORDINARY_MEMORY, 0, true, true);
  }

  /**
   * ELDB, ELDU, ELDBC or ELDUC, as {@code leaf} says.
   *
   * @param page EPC page to use
   * @param secsPage of the owner; 0 for an SECS or a version array
   * @param linaddr where the page belongs; 0 for an SECS or a version array
   * @param vaSlot EPC address of the slot with the version; it is empty afterwards
   */
  public static EnclsRequest eld(
      Leaf leaf, long page, long secsPage, long linaddr, EvictedPage evicted, long vaSlot) {
    return new Eld(
        leaf,
        ORDINARY_MEMORY,
        page,
        vaSlot,
        linaddr,
        ORDINARY_MEMORY,
        ORDINARY_MEMORY,
        secsPage,
        evicted.page(),
        evicted.pcmd());
  }

  /** ELDU; parameters as for {@link #eld}. */
  public static EnclsRequest eldu(
      long page, long secsPage, long linaddr, EvictedPage evicted, long vaSlot) {
    return eld(Leaf.ELDU, page, secsPage, linaddr, evicted, vaSlot);
  }

  /** ELDB: the page comes back blocked; parameters as for {@link #eld}. */
  public static EnclsRequest eldb(
      long page, long secsPage, long linaddr, EvictedPage evicted, long vaSlot) {
    return eld(Leaf.ELDB, page, secsPage, linaddr, evicted, vaSlot);
  }

  /**
   * ERDINFO, not on every processor; the answer is in {@link LeafInFlight#rdInfo()} once the leaf
   * has ended.
   */
  public static EnclsRequest erdinfo(long page) {
    return new Erdinfo(ORDINARY_MEMORY, page, true);
  }

  /** EDBGRD of the 8 bytes at an EPC address; the answer is in {@link LeafInFlight#rbx()}. */
  public static EnclsRequest edbgrd(long address) {
    return new Edbgrd(address);
  }

  /** EDBGWR of 8 bytes to an EPC address. */
  public static EnclsRequest edbgwr(long address, long value) {
    return new Edbgwr(address, value);
  }

  private static Eadd eaddRecord(
      long page, long secsPage, long linaddr, SecInfo secInfo, Bytes content) {
    return new Eadd(
        ORDINARY_MEMORY,
        page,
        linaddr,
        ORDINARY_MEMORY,
        ORDINARY_MEMORY,
        secsPage,
        secInfo,
        content);
  }
}
