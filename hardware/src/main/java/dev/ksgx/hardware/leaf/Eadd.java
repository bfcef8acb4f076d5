package dev.ksgx.hardware.leaf;

import dev.ksgx.hardware.structure.Bytes;
import dev.ksgx.hardware.structure.SecInfo;

/**
 * EADD (isa.md 3.3); its checks are in {@link PageAddition}.
 *
 * @param rbx address of the PAGEINFO
 * @param rcx EPC page to use
 * @param linAddr PAGEINFO.LINADDR
 * @param srcPge PAGEINFO.SRCPGE
 * @param secInfoAddress PAGEINFO.SECINFO
 * @param secs PAGEINFO.SECS, an EPC page
 * @param secInfo what lies at {@code secInfoAddress}
 * @param source the 4096 bytes at {@code srcPge}, null if that page is not mapped
 */
public record Eadd(
    long rbx,
    long rcx,
    long linAddr,
    long srcPge,
    long secInfoAddress,
    long secs,
    SecInfo secInfo,
    Bytes source)
    implements EnclsRequest {
  @Override
  public Leaf leaf() {
    return Leaf.EADD;
  }

  @Override
  public LeafInFlight begin(LeafContext cpu) {
    return PageAddition.begin(cpu, this, 0);
  }
}
