package dev.ksgx.hardware.leaf;

import dev.ksgx.hardware.epc.Epcm;
import dev.ksgx.hardware.epc.EpcmState;
import dev.ksgx.hardware.epc.FrameContents;
import dev.ksgx.hardware.epc.SecsState;
import dev.ksgx.hardware.epc.VersionArray;
import dev.ksgx.hardware.paging.EncryptedPage;
import dev.ksgx.hardware.paging.EvictedPage;
import dev.ksgx.hardware.paging.PageCipher;
import dev.ksgx.hardware.structure.MacHeader;
import dev.ksgx.hardware.structure.PageType;
import dev.ksgx.hardware.structure.Pcmd;
import dev.ksgx.hardware.structure.SecInfo;
import dev.ksgx.hardware.structure.SgxCode;

/**
 * EWB (isa.md 3.3): a page leaves the EPC.
 *
 * @param rbx address of the PAGEINFO
 * @param rcx EPC page to evict
 * @param rdx EPC address of a slot in a version array
 * @param linAddr PAGEINFO.LINADDR
 * @param srcPge PAGEINFO.SRCPGE, where the encrypted page goes
 * @param pcmdAddress PAGEINFO.PCMD
 * @param secs PAGEINFO.SECS
 * @param srcPgeMapped whether {@code srcPge} can be written
 * @param pcmdMapped whether {@code pcmdAddress} can be written
 */
public record Ewb(
    long rbx,
    long rcx,
    long rdx,
    long linAddr,
    long srcPge,
    long pcmdAddress,
    long secs,
    boolean srcPgeMapped,
    boolean pcmdMapped)
    implements EnclsRequest {
  @Override
  public Leaf leaf() {
    return Leaf.EWB;
  }

  @Override
  public LeafInFlight begin(LeafContext cpu) {
    LeafRun run = new LeafRun(cpu, Leaf.EWB);
    // 1.
    if (!Operand.usable(rbx, 32) || !Operand.usable(rcx, 4096)) {
      return run.gp(1, "RBX is aligned 32 and RCX 4096");
    }
    // 2.
    int frame = run.epc.frameOf(rcx);
    if (frame < 0) {
      return run.notInEpc(2, rcx, "RCX is in the EPC");
    }
    // 3.
    if (!Operand.usable(rdx, 8)) {
      return run.gp(3, "RDX is aligned 8");
    }
    // 4.
    int vaFrame = run.epc.frameOf(rdx);
    if (vaFrame < 0) {
      return run.notInEpc(4, rdx, "RDX is in the EPC");
    }
    // 5.
    if (frame == vaFrame) {
      return run.gp(5, "RCX and RDX are in different pages");
    }
    // 6.
    if (linAddr != 0 || secs != 0) {
      return run.gp(6, "PAGEINFO.LINADDR and PAGEINFO.SECS are 0");
    }
    // 7.
    if (!Operand.usable(pcmdAddress, 128) || !Operand.usable(srcPge, 4096)) {
      return run.gp(7, "PCMD is aligned 128 and SRCPGE 4096");
    }
    // 8.
    if (!run.words.exclusive(frame)) {
      return isEntered(run, frame)
          ? run.code(12, SgxCode.NOT_TRACKED, "no thread is on its way in by the TCS")
          : run.conflict(8, "no other leaf uses the page");
    }
    if (!run.words.shared(vaFrame)) {
      return run.conflict(8, "no other leaf uses the version array exclusively");
    }
    // 9.
    int state = run.epcm.state(frame);
    if (!EpcmState.has(state, EpcmState.VALID)) {
      return run.epcmViolation(9, rcx, "the page is valid");
    }
    // 10.
    if (!EpcmState.isValid(run.epcm.state(vaFrame), PageType.VA)) {
      return run.epcmViolation(10, rdx, "RDX is in a valid version array");
    }
    // 12.
    PageType type = EpcmState.type(state);
    SecsState owner = type == PageType.VA ? null : run.epcm.secs(run.epcm.owner(frame));
    LeafInFlight refused = checkMayLeave(run, frame, state, owner);
    if (refused != null) {
      return refused;
    }
    // 13. What would fault in the middle of the leaf on a processor is looked at before.
    if (!srcPgeMapped || !pcmdMapped) {
      return run.notMapped(13, srcPgeMapped ? pcmdAddress : srcPge, "SRCPGE and PCMD are mapped");
    }
    // 14.
    VersionArray versions = run.epcm.versions(vaFrame);
    int slot = VersionArray.slotAt(rdx);
    if (!run.words.slot(versions, slot)) {
      return run.conflict(14, "no other leaf uses the slot");
    }
    long version = cpu.registers().takeVersion();
    EvictedPage evicted = encrypt(cpu.pageCipher(), run.epcm, frame, type, owner, version);
    SecsState parent = type.isOfEnclave() ? owner : null;
    Eviction eviction = new Eviction(run.epcm, frame, parent, versions, slot, version);
    return versions.version(slot) == 0
        ? run.accepted(eviction, evicted)
        : run.acceptedWithInfo(
            14, SgxCode.VA_SLOT_OCCUPIED, "the slot is empty", eviction, evicted);
  }

  /**
   * Whether it is a thread on its way in that uses the page (MODEL): one that found the TCS while
   * it was mapped. The kernel has unmapped and then blocked the page, and on a processor no
   * instruction outlives the flush between the two. Here an entry may; it is one more thread that
   * an interrupt to its core waits for, and no conflict.
   */
  private static boolean isEntered(LeafRun run, int frame) {
    int state = run.epcm.state(frame);
    return EpcmState.isValid(state, PageType.TCS)
        && EpcmState.has(state, EpcmState.BLOCKED)
        && !run.words.refusalWasInjected();
  }

  /** Step 12; null if it passes. */
  private static LeafInFlight checkMayLeave(LeafRun run, int frame, int state, SecsState owner) {
    PageType type = EpcmState.type(state);
    if (type == PageType.SECS && owner.children() != 0) {
      return run.code(12, SgxCode.CHILD_PRESENT, "the SECS has no pages in the EPC");
    }
    if (!type.isOfEnclave()) {
      return null;
    }
    if (!EpcmState.has(state, EpcmState.BLOCKED)) {
      return run.code(12, SgxCode.PAGE_NOT_BLOCKED, "the page is BLOCKED");
    }
    return owner.tracking().tracked(run.epcm.epoch(frame))
        ? null
        : run.code(
            12, SgxCode.NOT_TRACKED, "a tracking cycle that began after EBLOCK has finished");
  }

  /** Step 13. An SECS and a version array are bound to no enclave, so their EID is 0 there. */
  private static EvictedPage encrypt(
      PageCipher cipher, Epcm epcm, int frame, PageType type, SecsState owner, long version) {
    long linear = epcm.address(frame);
    Pcmd pcmd =
        Pcmd.builder()
            .secInfo(SecInfo.ofFlags(EpcmState.toSecInfo(epcm.state(frame))).bytes())
            .enclaveId(owner == null ? 0 : owner.eid())
            .build();
    long boundTo = type.isOfEnclave() ? owner.eid() : 0;
    PageCipher.Sealed sealed =
        cipher.seal(
            FrameContents.of(epcm, frame).page(), MacHeader.of(boundTo, linear, pcmd), version);
    boolean measuring = type == PageType.SECS && !owner.initialised();
    EncryptedPage page =
        measuring
            ? new EncryptedPage(sealed.page().ciphertext(), owner.measurement())
            : sealed.page();
    return new EvictedPage(linear, page, pcmd.toBuilder().mac(sealed.mac()).build());
  }

  /** Until it has ended the page counts as a child, so that the SECS outlives it either way. */
  private record Eviction(
      Epcm epcm, int frame, SecsState parent, VersionArray versions, int slot, long version)
      implements LeafInFlight.Effect {
    @Override
    public void publish() {
      versions.store(slot, version);
      epcm.invalidate(frame);
      if (parent != null) {
        parent.removeChild();
      }
    }
  }
}
