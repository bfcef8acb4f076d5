package dev.ksgx.hardware.structure;

import dev.ksgx.hardware.structure.Layout.Field;

/**
 * MAC header of page crypto, 128 bytes (isa.md 1.15): what is authenticated beside the page. On a
 * load it has the reserved bytes of the PCMD too, which EWB wrote as zero.
 */
public final class MacHeader extends Struct {
  private static final Layout.Builder ROWS = Layout.of("MAC header", 128);

  private static final Field EID = ROWS.field("EID", 0, 8);
  private static final Field LINADDR = ROWS.field("LINADDR", 8, 8);
  private static final Field SECINFO = ROWS.field("SECINFO", 16, 64);
  private static final Field PCMD_RESERVED = ROWS.field("PCMD reserved", 80, 40);

  /** The layout table: the rows above. */
  public static final Layout LAYOUT = ROWS.reserved(120, 8).build();

  private MacHeader(Bytes bytes) {
    super(LAYOUT, bytes);
  }

  /**
   * The header of one page.
   *
   * @param eid of the owner; 0 for an SECS or a version array
   * @param linearAddress ENCLAVEADDRESS
   * @param pcmd for its SECINFO and its reserved bytes
   */
  public static MacHeader of(long eid, long linearAddress, Pcmd pcmd) {
    Builder header = new Builder();
    header.set(EID, eid);
    header.set(LINADDR, linearAddress);
    header.set(SECINFO, pcmd.secInfo());
    header.set(PCMD_RESERVED, pcmd.reserved());
    return new MacHeader(header.image());
  }

  private static final class Builder extends StructBuilder {
    private Builder() {
      super(Bytes.zeros(LAYOUT.size()));
    }
  }
}
