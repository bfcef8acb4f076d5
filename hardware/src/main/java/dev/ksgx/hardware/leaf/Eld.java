package dev.ksgx.hardware.leaf;

import dev.ksgx.hardware.epc.EpcmState;
import dev.ksgx.hardware.epc.FrameContents;
import dev.ksgx.hardware.epc.SecsState;
import dev.ksgx.hardware.epc.VersionArray;
import dev.ksgx.hardware.paging.EncryptedPage;
import dev.ksgx.hardware.structure.Bytes;
import dev.ksgx.hardware.structure.EvictedSecs;
import dev.ksgx.hardware.structure.MacHeader;
import dev.ksgx.hardware.structure.PageType;
import dev.ksgx.hardware.structure.Pcmd;
import dev.ksgx.hardware.structure.SecInfo;
import dev.ksgx.hardware.structure.SgxCode;

/**
 * ELDB, ELDU, ELDBC and ELDUC (isa.md 3.3): a page comes back.
 *
 * @param leaf which of the four
 * @param rbx address of the PAGEINFO
 * @param rcx EPC page to use
 * @param rdx EPC address of the slot with the version
 * @param linAddr PAGEINFO.LINADDR
 * @param srcPge PAGEINFO.SRCPGE
 * @param pcmdAddress PAGEINFO.PCMD
 * @param secs PAGEINFO.SECS, an EPC page; 0 for an SECS or a version array
 * @param source what lies at {@code srcPge}, null if that is not mapped
 * @param pcmd what lies at {@code pcmdAddress}, null if that is not mapped
 */
public record Eld(
    Leaf leaf,
    long rbx,
    long rcx,
    long rdx,
    long linAddr,
    long srcPge,
    long pcmdAddress,
    long secs,
    EncryptedPage source,
    Pcmd pcmd)
    implements EnclsRequest {
  private static final String SLOT_IN_USE = "no other leaf uses the slot";

  /**
   * @throws IllegalArgumentException if {@code leaf} is none of the four
   */
  public Eld {
    switch (leaf) {
      case ELDB, ELDU, ELDBC, ELDUC -> {}
      default -> throw new IllegalArgumentException(leaf + " loads no page");
    }
  }

  @Override
  public LeafInFlight begin(LeafContext cpu) {
    LeafRun run = new LeafRun(cpu, leaf);
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
    if (!Operand.usable(pcmdAddress, 128) || !Operand.usable(srcPge, 4096)) {
      return run.gp(5, "PCMD is aligned 128 and SRCPGE 4096");
    }
    // 6.
    if (!run.words.exclusive(frame) || !run.words.shared(vaFrame)) {
      return conflict(run, 6, "no other leaf uses the page, or the version array exclusively");
    }
    // 7.
    if (EpcmState.has(run.epcm.state(frame), EpcmState.VALID)) {
      return run.epcmViolation(7, rcx, "the page is not valid yet");
    }
    // 8.
    if (!EpcmState.isValid(run.epcm.state(vaFrame), PageType.VA)) {
      return run.epcmViolation(8, rdx, "RDX is in a valid version array");
    }
    // 9.
    LeafInFlight refused = checkOwner(run);
    if (refused != null) {
      return refused;
    }
    SecInfo secInfo = SecInfo.parse(pcmd.secInfo());
    PageType type = secInfo.pageType();
    int owner = type.isOfEnclave() ? run.epc.frameOf(secs) : frame;
    SecsState parent = type.isOfEnclave() ? run.epcm.secs(owner) : null;
    // 10.
    if (source == null) {
      return run.notMapped(10, srcPge, "SRCPGE is mapped");
    }
    // 11. Claiming the slot first is what the model makes of reading it again at the end.
    VersionArray versions = run.epcm.versions(vaFrame);
    int slot = VersionArray.slotAt(rdx);
    if (!run.words.slot(versions, slot)) {
      return conflict(run, 11, SLOT_IN_USE);
    }
    Bytes page = decrypt(cpu, parent, versions.version(slot));
    if (page == null || !measurementFits(type, page)) {
      return run.code(
          10, SgxCode.MAC_COMPARE_FAIL, "page, PCMD, address, enclave and version belong together");
    }
    Object contents = FrameContents.slotFor(type, frame, page, source.running());
    int blocked = type.isOfEnclave() && comesBlocked() ? EpcmState.BLOCKED : 0;
    int state = EpcmState.ofSecInfo(secInfo.flags()) | blocked;
    if (parent != null) {
      parent.addChild();
    }
    return run.accepted(
        new Load(run, frame, state, owner, linAddr, contents, parent, versions, slot));
  }

  /** Step 9; null if it passes. */
  private LeafInFlight checkOwner(LeafRun run) {
    if (pcmd == null) {
      return run.notMapped(9, pcmdAddress, "PCMD is mapped");
    }
    PageType type = SecInfo.parse(pcmd.secInfo()).pageType();
    if (type == PageType.SECS || type == PageType.VA) {
      return secs == 0 ? null : run.gp(9, "PAGEINFO.SECS is 0 for an SECS or a version array");
    }
    if (type == null || !type.isOfEnclave()) {
      return run.gp(9, "the page type is one that EWB writes");
    }
    if (!Operand.usable(secs, 4096)) {
      return run.gp(9, "PAGEINFO.SECS is aligned 4096");
    }
    int secsFrame = run.epc.frameOf(secs);
    if (secsFrame < 0) {
      return run.notInEpc(9, secs, "PAGEINFO.SECS is in the EPC");
    }
    if (!run.words.shared(secsFrame)) {
      return conflict(run, 9, "no other leaf uses the SECS exclusively");
    }
    return EpcmState.isValid(run.epcm.state(secsFrame), PageType.SECS)
        ? null
        : run.epcmViolation(9, secs, "PAGEINFO.SECS is a valid SECS");
  }

  /** Step 10. Nothing was ever encrypted under version 0, so an empty slot fails like any other. */
  private Bytes decrypt(LeafContext cpu, SecsState parent, long version) {
    MacHeader header = MacHeader.of(parent == null ? 0 : parent.eid(), linAddr, pcmd);
    return cpu.pageCipher().open(source, pcmd.mac(), header, version);
  }

  private boolean measurementFits(PageType type, Bytes page) {
    return type != PageType.SECS || SecsState.belongs(source.running(), EvictedSecs.parse(page));
  }

  private boolean comesBlocked() {
    return leaf == Leaf.ELDB || leaf == Leaf.ELDBC;
  }

  private LeafInFlight conflict(LeafRun run, int step, String check) {
    return leaf == Leaf.ELDBC || leaf == Leaf.ELDUC
        ? run.conflictCode(step, check)
        : run.conflict(step, check);
  }

  private record Load(
      LeafRun run,
      int frame,
      int state,
      int owner,
      long linAddr,
      Object contents,
      SecsState parent,
      VersionArray versions,
      int slot)
      implements LeafInFlight.Effect {
    @Override
    public void publish() {
      run.epcm.publish(frame, state, owner, linAddr, contents);
      versions.store(slot, 0);
    }

    @Override
    public void undo() {
      if (parent != null) {
        parent.removeChild();
      }
    }
  }
}
