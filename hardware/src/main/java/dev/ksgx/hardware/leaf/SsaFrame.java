package dev.ksgx.hardware.leaf;

import dev.ksgx.hardware.epc.Epcm;
import dev.ksgx.hardware.epc.FrameContents;
import dev.ksgx.hardware.structure.Bytes;

/**
 * The part of one SSA frame that the model fills (isa.md 1.12): EXITINFO and EXINFO. Registers are
 * not modelled, so neither is where they would be saved.
 *
 * @param gprFrame EPC frame of the page that ends the SSA frame, found at entry and kept
 * @param exInfo whether MISCSELECT.EXINFO is selected
 */
public record SsaFrame(int gprFrame, boolean exInfo) {
  /** Vector of #GP. */
  public static final int GP = 13;

  /** Vector of #PF. */
  public static final int PF = 14;

  static final int GPRSGX_BYTES = 184;
  static final int RIP = 136;
  static final int FSBASE = 168;
  static final int GSBASE = 176;
  private static final int EXITINFO = 160;
  private static final int GPRSGX_OFFSET = 4096 - GPRSGX_BYTES;
  private static final int EXINFO_OFFSET = GPRSGX_OFFSET - 16;
  private static final int EXITINFO_VALID = 1 << 31;
  private static final int HARDWARE_EXCEPTION = 3 << 8;
  private static final int SOFTWARE_EXCEPTION = 6 << 8;
  private static final int BREAKPOINT = 3;

  /** Vectors that EXITINFO reports whatever MISCSELECT says: DE DB BP BR UD MF AC XM. */
  private static final int ALWAYS_REPORTED =
      1 << 0 | 1 << 1 | 1 << BREAKPOINT | 1 << 5 | 1 << 6 | 1 << 16 | 1 << 17 | 1 << 19;

  /** Records why the enclave was left; a vector that is not reported gives EXITINFO 0. */
  void saveExit(Epcm epcm, int vector, int errorCode, long address) {
    FrameContents page = FrameContents.of(epcm, gprFrame);
    boolean fault = vector == GP || vector == PF;
    boolean reported =
        fault ? exInfo : vector >= 0 && vector < 32 && (ALWAYS_REPORTED >>> vector & 1) != 0;
    int type = vector == BREAKPOINT ? SOFTWARE_EXCEPTION : HARDWARE_EXCEPTION;
    int exitInfo = reported ? EXITINFO_VALID | type | vector : 0;
    page.write(GPRSGX_OFFSET + EXITINFO, LittleEndian.u32(exitInfo));
    if (fault && exInfo) {
      page.write(EXINFO_OFFSET, LittleEndian.u64(vector == PF ? address : 0));
      page.write(EXINFO_OFFSET + 8, LittleEndian.u32(errorCode));
      page.write(EXINFO_OFFSET + 12, LittleEndian.u32(0));
    }
  }

  /** The 64-bit field of GPRSGX at {@code offset}. */
  long gpr(Epcm epcm, int offset) {
    Bytes field = FrameContents.of(epcm, gprFrame).read(GPRSGX_OFFSET + offset, 8);
    return field.u64(0);
  }
}
