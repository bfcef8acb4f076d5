package dev.ksgx.hardware.leaf;

import dev.ksgx.hardware.epc.EpcmState;
import dev.ksgx.hardware.epc.SecsState;
import dev.ksgx.hardware.platform.Cpuid;
import dev.ksgx.hardware.platform.XsaveArea;
import dev.ksgx.hardware.structure.Attributes;
import dev.ksgx.hardware.structure.Bytes;
import dev.ksgx.hardware.structure.PageType;
import dev.ksgx.hardware.structure.SecInfo;
import dev.ksgx.hardware.structure.Secs;

/**
 * ECREATE (isa.md 3.3).
 *
 * @param rbx address of the PAGEINFO
 * @param rcx EPC page for the SECS
 * @param linAddr PAGEINFO.LINADDR
 * @param srcPge PAGEINFO.SRCPGE
 * @param secInfoAddress PAGEINFO.SECINFO
 * @param secs PAGEINFO.SECS
 * @param secInfo what lies at {@code secInfoAddress}
 * @param source the 4096 bytes at {@code srcPge}
 */
public record Ecreate(
    long rbx,
    long rcx,
    long linAddr,
    long srcPge,
    long secInfoAddress,
    long secs,
    SecInfo secInfo,
    Bytes source)
    implements EnclsRequest {
  /** SECINFO of an SECS. */
  static final SecInfo SECS_INFO = SecInfo.of(PageType.SECS, 0);

  private static final int GPRSGX_BYTES = 184;
  private static final long SMALLEST_ENCLAVE_BYTES = 8192;

  @Override
  public Leaf leaf() {
    return Leaf.ECREATE;
  }

  @Override
  public LeafInFlight begin(LeafContext cpu) {
    LeafRun run = new LeafRun(cpu, Leaf.ECREATE);
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
    if (!Operand.usable(srcPge, 4096) || !Operand.usable(secInfoAddress, 64)) {
      return run.gp(3, "SRCPGE is aligned 4096 and SECINFO 64");
    }
    // 4.
    if (linAddr != 0 || secs != 0) {
      return run.gp(4, "PAGEINFO.LINADDR and PAGEINFO.SECS are 0");
    }
    // 5.
    if (!secInfo.reservedBitsAreZero() || secInfo.pageType() != PageType.SECS) {
      return run.gp(5, "SECINFO has PT = SECS and no reserved bit");
    }
    // 6.
    if (!run.words.exclusive(frame)) {
      return run.conflict(6, "no other leaf uses the page");
    }
    // 7.
    if (EpcmState.has(run.epcm.state(frame), EpcmState.VALID)) {
      return run.epcmViolation(7, rcx, "the page is not valid yet");
    }
    // 8. The copy is taken by reference, since Bytes never change.
    Secs image = Secs.parse(source);
    LeafInFlight refused = checkSecs(run, image);
    if (refused != null) {
      return refused;
    }
    SecsState state =
        new SecsState(
            frame,
            cpu.registers().takeEid(),
            withoutIdentity(image),
            cpu.measurements().root(image.ssaFrameSize(), image.sizeBytes()));
    return run.accepted(
        () -> run.epcm.publish(frame, EpcmState.valid(PageType.SECS, 0), frame, 0, state));
  }

  /** Steps 9 to 19, all of which give #GP(0); null if all pass. */
  private static LeafInFlight checkSecs(LeafRun run, Secs secs) {
    Cpuid cpuid = run.cpu.cpuid();
    Attributes attributes = secs.attributes();
    long xfrm = attributes.xfrm();
    boolean mode64Bit = attributes.has(Attributes.MODE64BIT);
    // 9.
    if ((xfrm & 3) != 3) {
      return run.gp(9, "XFRM has bits 0 and 1");
    }
    // 10.
    if (!XsaveArea.loadable(xfrm) || (xfrm & ~cpuid.settable().xfrm()) != 0) {
      return run.gp(10, "XFRM can be loaded into XCR0 and is within CPUID.12H.1");
    }
    // 11.
    if ((secs.miscSelect() & ~cpuid.miscSelect()) != 0) {
      return run.gp(11, "MISCSELECT is within CPUID.12H.0:EBX");
    }
    // 12.
    long frameBytes = (secs.ssaFrameSize() & 0xffff_ffffL) * 4096;
    if (frameBytes < XsaveArea.bytes(xfrm) + GPRSGX_BYTES + Cpuid.miscBytes(secs.miscSelect())) {
      return run.gp(12, "an SSA frame holds the XSAVE area, MISC and GPRSGX");
    }
    // 13.
    long base = secs.baseAddress();
    if (mode64Bit ? !Operand.canonical(base) : base >>> 32 != 0) {
      return run.gp(13, "BASEADDR is canonical, and below 2^32 for a 32-bit enclave");
    }
    // 14.
    long size = secs.sizeBytes();
    if (Long.compareUnsigned(size, cpuid.sizeLimitBytes(mode64Bit)) >= 0) {
      return run.gp(14, "SIZE is below 2 to the power of CPUID.12H.0:EDX");
    }
    // 15.
    if (size < SMALLEST_ENCLAVE_BYTES || Long.bitCount(size) != 1) {
      return run.gp(15, "SIZE is a power of two and at least 8192");
    }
    // 16.
    if ((base & size - 1) != 0) {
      return run.gp(16, "BASEADDR is a multiple of SIZE");
    }
    // 17.
    if ((attributes.flags() & ~cpuid.settable().flags()) != 0) {
      return run.gp(17, "ATTRIBUTES are within CPUID.12H.1, and INIT is not set");
    }
    // 18.
    if (!secs.reservedBytesAreZero()) {
      return run.gp(18, "reserved bytes of the SECS are 0");
    }
    // 19.
    if (!attributes.has(Attributes.KSS) && !secs.configIsZero()) {
      return run.gp(19, "CONFIGID and CONFIGSVN are 0 without KSS");
    }
    return null;
  }

  /** The SECS as stored: identity is for EINIT to set. Drivers send zeros, which need no copy. */
  private static Secs withoutIdentity(Secs secs) {
    boolean blank =
        secs.mrenclave().isZero(0, 32)
            && secs.mrsigner().isZero(0, 32)
            && secs.isvProdId() == 0
            && secs.isvSvn() == 0;
    Bytes zeros = Bytes.zeros(32);
    return blank
        ? secs
        : secs.toBuilder().mrenclave(zeros).mrsigner(zeros).isvProdId(0).isvSvn(0).build();
  }
}
