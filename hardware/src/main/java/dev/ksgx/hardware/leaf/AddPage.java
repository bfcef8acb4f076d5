package dev.ksgx.hardware.leaf;

/**
 * EADD followed by one EEXTEND for each chunk of 256 bytes whose bit is set in {@code mrmask} (16
 * bits), as one step. Once EADD has passed its checks those of EEXTEND hold too: the page is valid,
 * of a type that can be measured, owned by this SECS, which is not initialised.
 */
public record AddPage(Eadd eadd, int mrmask) implements EnclsRequest {
  public AddPage {
    if (mrmask >>> 16 != 0) {
      throw new IllegalArgumentException("mrmask 0x%x: a page has 16 chunks".formatted(mrmask));
    }
  }

  @Override
  public Leaf leaf() {
    return Leaf.EADD;
  }

  @Override
  public LeafInFlight begin(LeafContext cpu) {
    return PageAddition.begin(cpu, eadd, mrmask);
  }
}
