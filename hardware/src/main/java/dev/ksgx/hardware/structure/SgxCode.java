package dev.ksgx.hardware.structure;

/** Codes that leaves return in RAX (isa.md 2). Codes 3, 5, 12, 18, 26, 27 come with CF, not ZF. */
public final class SgxCode {
  public static final int SUCCESS = 0;
  public static final int INVALID_SIG_STRUCT = 1;
  public static final int INVALID_ATTRIBUTE = 2;
  public static final int BLKSTATE = 3;
  public static final int INVALID_MEASUREMENT = 4;
  public static final int NOTBLOCKABLE = 5;
  public static final int PG_INVLD = 6;
  public static final int EPC_PAGE_CONFLICT = 7;
  public static final int INVALID_SIGNATURE = 8;
  public static final int MAC_COMPARE_FAIL = 9;
  public static final int PAGE_NOT_BLOCKED = 10;
  public static final int NOT_TRACKED = 11;
  public static final int VA_SLOT_OCCUPIED = 12;
  public static final int CHILD_PRESENT = 13;
  public static final int ENCLAVE_ACT = 14;
  public static final int ENTRYEPOCH_LOCKED = 15;
  public static final int INVALID_EINITTOKEN = 16;
  public static final int PREV_TRK_INCMPL = 17;
  public static final int PG_IS_SECS = 18;
  public static final int PAGE_ATTRIBUTES_MISMATCH = 19;
  public static final int PAGE_NOT_MODIFIABLE = 20;
  public static final int PAGE_NOT_DEBUGGABLE = 21;
  public static final int INVALID_COUNTER = 25;
  public static final int PG_NONEPC = 26;
  public static final int TRACK_NOT_REQUIRED = 27;
  public static final int INVALID_REPORTMACSTRUCT = 28;
  public static final int INSUFFICIENT_ENTROPY = 29;
  public static final int EPC_NOT_READY = 30;
  public static final int NO_UPDATE = 31;
  public static final int INVALID_CPUSVN = 32;
  public static final int INVALID_ISVSVN = 64;
  public static final int UNMASKED_EVENT = 128;
  public static final int INVALID_KEYNAME = 256;

  private SgxCode() {}

  /** The manual's name with its SGX_ prefix, or "SGX_" and the number if the code has no name. */
  public static String name(int code) {
    return switch (code) {
      case SUCCESS -> "SGX_SUCCESS";
      case INVALID_SIG_STRUCT -> "SGX_INVALID_SIG_STRUCT";
      case INVALID_ATTRIBUTE -> "SGX_INVALID_ATTRIBUTE";
      case BLKSTATE -> "SGX_BLKSTATE";
      case INVALID_MEASUREMENT -> "SGX_INVALID_MEASUREMENT";
      case NOTBLOCKABLE -> "SGX_NOTBLOCKABLE";
      case PG_INVLD -> "SGX_PG_INVLD";
      case EPC_PAGE_CONFLICT -> "SGX_EPC_PAGE_CONFLICT";
      case INVALID_SIGNATURE -> "SGX_INVALID_SIGNATURE";
      case MAC_COMPARE_FAIL -> "SGX_MAC_COMPARE_FAIL";
      case PAGE_NOT_BLOCKED -> "SGX_PAGE_NOT_BLOCKED";
      case NOT_TRACKED -> "SGX_NOT_TRACKED";
      case VA_SLOT_OCCUPIED -> "SGX_VA_SLOT_OCCUPIED";
      case CHILD_PRESENT -> "SGX_CHILD_PRESENT";
      case ENCLAVE_ACT -> "SGX_ENCLAVE_ACT";
      case ENTRYEPOCH_LOCKED -> "SGX_ENTRYEPOCH_LOCKED";
      case INVALID_EINITTOKEN -> "SGX_INVALID_EINITTOKEN";
      case PREV_TRK_INCMPL -> "SGX_PREV_TRK_INCMPL";
      case PG_IS_SECS -> "SGX_PG_IS_SECS";
      case PAGE_ATTRIBUTES_MISMATCH -> "SGX_PAGE_ATTRIBUTES_MISMATCH";
      case PAGE_NOT_MODIFIABLE -> "SGX_PAGE_NOT_MODIFIABLE";
      case PAGE_NOT_DEBUGGABLE -> "SGX_PAGE_NOT_DEBUGGABLE";
      case INVALID_COUNTER -> "SGX_INVALID_COUNTER";
      case PG_NONEPC -> "SGX_PG_NONEPC";
      case TRACK_NOT_REQUIRED -> "SGX_TRACK_NOT_REQUIRED";
      case INVALID_REPORTMACSTRUCT -> "SGX_INVALID_REPORTMACSTRUCT";
      case INSUFFICIENT_ENTROPY -> "SGX_INSUFFICIENT_ENTROPY";
      case EPC_NOT_READY -> "SGX_EPC_NOT_READY";
      case NO_UPDATE -> "SGX_NO_UPDATE";
      case INVALID_CPUSVN -> "SGX_INVALID_CPUSVN";
      case INVALID_ISVSVN -> "SGX_INVALID_ISVSVN";
      case UNMASKED_EVENT -> "SGX_UNMASKED_EVENT";
      case INVALID_KEYNAME -> "SGX_INVALID_KEYNAME";
      default -> "SGX_" + code;
    };
  }
}
