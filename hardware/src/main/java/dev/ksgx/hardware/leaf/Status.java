package dev.ksgx.hardware.leaf;

/** How a leaf ended (isa.md 0.3, 2). */
public enum Status {
  /** Done; RAX = 0 where the leaf writes it. */
  OK,
  /** Done or not, with information in RAX: CF = 1, ZF = 0. */
  INFO,
  /** Refused with a code in RAX: ZF = 1. */
  CODE,
  /** #GP(0). */
  GP,
  /** #PF. */
  PF
}
