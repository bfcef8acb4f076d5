package dev.ksgx.hardware.leaf;

import dev.ksgx.hardware.structure.SgxCode;

/**
 * The outcome of one leaf.
 *
 * @param code RAX for OK, INFO and CODE; the page-fault error code for PF (bit 15 = SGX); 0 for GP
 * @param address the faulting address for PF, else 0
 * @param step number of the check in isa.md's list at which the leaf ended; 0 if it succeeded or
 *     ended at the gate before its own checks
 * @param check the rule that ended it in one line, null if it succeeded
 * @param conflict whether it ended because another leaf was using a page (isa.md 3.2)
 */
public record LeafResult(
    Leaf leaf, Status status, int code, long address, int step, String check, boolean conflict) {
  /** Page-fault error code bit: the access rules of SGX were violated. */
  public static final int PF_SGX = 1 << 15;

  private static final LeafResult[] OK = new LeafResult[Leaf.values().length];

  static {
    for (Leaf leaf : Leaf.values()) {
      OK[leaf.ordinal()] = new LeafResult(leaf, Status.OK, 0, 0, 0, null, false);
    }
  }

  static LeafResult ok(Leaf leaf) {
    return OK[leaf.ordinal()];
  }

  /** #GP(0) at the gate that comes before a leaf's own checks (isa.md 3.1). */
  public static LeafResult gate(Leaf leaf, String check) {
    return gp(leaf, 0, check);
  }

  static LeafResult gp(Leaf leaf, int step, String check) {
    return new LeafResult(leaf, Status.GP, 0, 0, step, check, false);
  }

  static LeafResult pf(Leaf leaf, int step, long address, String check) {
    return new LeafResult(leaf, Status.PF, PF_SGX, address, step, check, false);
  }

  static LeafResult code(Leaf leaf, int step, int code, String check) {
    return new LeafResult(leaf, Status.CODE, code, 0, step, check, false);
  }

  static LeafResult info(Leaf leaf, int step, int code, String check) {
    return new LeafResult(leaf, Status.INFO, code, 0, step, check, false);
  }

  /**
   * Whether the leaf did what it is for and has nothing more to say. An EWB that ends with {@link
   * SgxCode#VA_SLOT_OCCUPIED} has evicted the page too.
   */
  public boolean isOk() {
    return status == Status.OK;
  }

  /** One line for people: leaf, outcome, step and rule. */
  public String describe() {
    String outcome =
        switch (status) {
          case OK -> "done";
          case INFO, CODE -> SgxCode.name(code) + " (" + code + ")";
          case GP -> "#GP(0)";
          case PF -> "#PF(0x" + Long.toHexString(address) + ")";
        };
    return check == null
        ? leaf + ": " + outcome
        : leaf + ": " + outcome + ": step " + step + " demands that " + check;
  }
}
