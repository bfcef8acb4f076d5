package dev.ksgx.hardware.cpu;

/** How a wrong EPCM entry is reported (isa.md 0.3): drivers can see the difference. */
public enum EpcmViolation {
  /** As #PF with the SGX bit: processors with SGX2. */
  PF,
  /** As #GP: processors with SGX1 only. */
  GP
}
