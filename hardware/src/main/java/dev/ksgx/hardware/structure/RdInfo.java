package dev.ksgx.hardware.structure;

import dev.ksgx.hardware.structure.Layout.Field;

/** RDINFO, 32 bytes, aligned 32 (isa.md 1.14): what ERDINFO tells of an EPC page. */
public final class RdInfo extends Struct {
  private static final Layout.Builder ROWS = Layout.of("RDINFO", 32);

  private static final Field STATUS = ROWS.field("STATUS", 0, 8);
  private static final Field FLAGS = ROWS.field("FLAGS", 8, 8);
  private static final Field ENCLAVECONTEXT = ROWS.field("ENCLAVECONTEXT", 16, 8);

  /** The layout table: the rows above, at offsets that are a choice of the model. */
  public static final Layout LAYOUT = ROWS.reserved(24, 8).build();

  /** STATUS bit of an SECS with pages in the EPC (position chosen by the model). */
  public static final long CHILDPRESENT = 1;

  /** FLAGS bit of a blocked page (position chosen by the model); the others are SECINFO.FLAGS. */
  public static final long BLOCKED = 1L << 63;

  private RdInfo(Bytes bytes) {
    super(LAYOUT, bytes);
  }

  /**
   * The structure with these values.
   *
   * @param enclaveContext of the owner, or of the SECS itself; 0 for a version array
   */
  public static RdInfo of(long status, long flags, long enclaveContext) {
    Builder info = new Builder();
    info.set(STATUS, status);
    info.set(FLAGS, flags);
    info.set(ENCLAVECONTEXT, enclaveContext);
    return new RdInfo(info.image());
  }

  /** STATUS. */
  public long status() {
    return u64(STATUS);
  }

  /** FLAGS: those of SECINFO and {@link #BLOCKED}. */
  public long flags() {
    return u64(FLAGS);
  }

  /** ENCLAVECONTEXT: physical address of the SECS as long as no hypervisor set another value. */
  public long enclaveContext() {
    return u64(ENCLAVECONTEXT);
  }

  private static final class Builder extends StructBuilder {
    private Builder() {
      super(Bytes.zeros(LAYOUT.size()));
    }
  }
}
