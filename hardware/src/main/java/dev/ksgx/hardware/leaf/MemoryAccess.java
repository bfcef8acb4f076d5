package dev.ksgx.hardware.leaf;

import dev.ksgx.hardware.epc.Epc;
import dev.ksgx.hardware.epc.Epcm;
import dev.ksgx.hardware.epc.EpcmState;
import dev.ksgx.hardware.epc.FrameContents;
import dev.ksgx.hardware.epc.SecsState;
import dev.ksgx.hardware.leaf.AccessResult.Outcome;
import dev.ksgx.hardware.structure.Bytes;
import dev.ksgx.hardware.structure.PageType;
import java.util.Arrays;

/**
 * The check that hardware makes of every load, store and fetch (isa.md 3.5), and the operand page
 * test T of the ENCLU leaves (isa.md 3.4), which is the same without permission to execute.
 */
public final class MemoryAccess {
  /** What is wanted of the page. */
  public enum Kind {
    LOAD(EpcmState.R, 0),
    STORE(EpcmState.W, AccessResult.PF_WRITE),
    FETCH(EpcmState.X, AccessResult.PF_FETCH);

    private final int permission;
    private final int errorCode;

    Kind(int permission, int errorCode) {
      this.permission = permission;
      this.errorCode = errorCode;
    }
  }

  private static final int UNUSABLE = EpcmState.BLOCKED | EpcmState.PENDING | EpcmState.MODIFIED;

  private static final AccessResult TOUCHED = new AccessResult(Outcome.ENCLAVE, null, 0, 0, null);

  private MemoryAccess() {}

  /**
   * A load or fetch of {@code length} bytes, or a store of {@code data}, within one page.
   *
   * @param mode the enclave the processor is in, null outside
   * @param data what to store; null for a load or fetch
   */
  public static AccessResult access(
      Epc epc,
      EnclaveMode mode,
      Translation translation,
      Kind kind,
      long linear,
      int length,
      Bytes data) {
    int offset = (int) (linear & Epc.PAGE_BYTES - 1);
    if (length <= 0 || offset + length > Epc.PAGE_BYTES) {
      throw new IllegalArgumentException(
          "access to %d bytes at 0x%x: expected 1 or more, within a page"
              .formatted(length, linear));
    }
    boolean inside = mode != null && mode.secs().covers(linear);
    if (mode != null && !inside && kind == Kind.FETCH) {
      return new AccessResult(
          Outcome.GP, null, 0, 0, "an enclave fetches instructions from its ELRANGE only");
    }
    long physical = translation.translate(linear);
    if (physical == Translation.NOT_PRESENT) {
      return notPresent(kind, linear);
    }
    int frame = epc.frameOf(physical);
    if (!inside) {
      return frame < 0
          ? new AccessResult(Outcome.ORDINARY_MEMORY, null, 0, 0, null)
          : abortPage(kind, length);
    }
    String broken = brokenRule(epc, mode.secs(), frame, linear, kind.permission);
    if (broken != null) {
      return ruleBroken(translation, physical, kind, linear, broken);
    }
    FrameContents page = FrameContents.of(epc.epcm(), frame);
    if (kind != Kind.STORE) {
      return new AccessResult(Outcome.ENCLAVE, page.read(offset, length), 0, 0, null);
    }
    page.write(offset, data);
    return TOUCHED;
  }

  /**
   * A load or store of one byte of which only the check counts: nothing is read, and a store leaves
   * the contents as they are.
   *
   * @param kind LOAD or STORE
   */
  public static AccessResult touch(
      Epc epc, EnclaveMode mode, Translation translation, Kind kind, long linear) {
    if (mode == null || !mode.secs().covers(linear)) {
      Bytes data = kind == Kind.STORE ? Bytes.zeros(1) : null;
      return access(epc, mode, translation, kind, linear, 1, data);
    }
    long physical = translation.translate(linear);
    if (physical == Translation.NOT_PRESENT) {
      return notPresent(kind, linear);
    }
    String broken = brokenRule(epc, mode.secs(), epc.frameOf(physical), linear, kind.permission);
    return broken == null ? TOUCHED : ruleBroken(translation, physical, kind, linear, broken);
  }

  private static AccessResult notPresent(Kind kind, long linear) {
    int errorCode = kind.errorCode | AccessResult.PF_USER;
    return new AccessResult(Outcome.PF, null, linear, errorCode, "the page is present");
  }

  /**
   * The kernel unmaps a page before it blocks it, and on a processor no instruction outlives the
   * flush between the two: one that finds the page blocked walks the tables anew.
   */
  private static AccessResult ruleBroken(
      Translation translation, long physical, Kind kind, long linear, String rule) {
    if (translation.translate(linear) != physical) {
      return notPresent(kind, linear);
    }
    int errorCode =
        kind.errorCode | AccessResult.PF_USER | AccessResult.PF_PRESENT | LeafResult.PF_SGX;
    return new AccessResult(Outcome.PF, null, linear, errorCode, rule);
  }

  /**
   * Which rule a page of ELRANGE breaks for code inside, in the order of isa.md 3.5; null if none.
   *
   * @param frame the EPC frame it translates to, -1 if to none
   * @param permissions {@link EpcmState} bits R, W, X that are needed
   */
  static String brokenRule(Epc epc, SecsState secs, int frame, long linear, int permissions) {
    if (frame < 0) {
      return "a page of ELRANGE is in the EPC";
    }
    Epcm epcm = epc.epcm();
    int state = epcm.state(frame);
    if (!EpcmState.has(state, EpcmState.VALID)) {
      return "the page is valid";
    }
    if (EpcmState.type(state) != PageType.REG) {
      return "the page is REG";
    }
    if (epcm.owner(frame) != secs.frame()) {
      return "the page belongs to the active enclave";
    }
    if (epcm.address(frame) != (linear & -Epc.PAGE_BYTES)) {
      return "the page is used at its own linear address";
    }
    if (EpcmState.any(state, UNUSABLE)) {
      return "the page is neither BLOCKED, PENDING nor MODIFIED";
    }
    return EpcmState.has(state, permissions) ? null : "the page permits the access";
  }

  private static AccessResult abortPage(Kind kind, int length) {
    Bytes data = null;
    if (kind != Kind.STORE) {
      byte[] ones = new byte[length];
      Arrays.fill(ones, (byte) 0xff);
      data = Bytes.copyOf(ones);
    }
    return new AccessResult(
        Outcome.ABORT_PAGE, data, 0, 0, "EPC is accessible to its own enclave only");
  }
}
