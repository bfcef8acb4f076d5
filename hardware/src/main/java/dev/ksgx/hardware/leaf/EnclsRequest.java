package dev.ksgx.hardware.leaf;

/** One ENCLS instruction with all its operands; made by {@link Encls}. */
public sealed interface EnclsRequest
    permits Ecreate,
        Eadd,
        AddPage,
        Eextend,
        Einit,
        Eremove,
        Edbgrd,
        Edbgwr,
        Epa,
        Eblock,
        Etrack,
        Etrackc,
        Ewb,
        Eld,
        Erdinfo {
  /** Runs the checks and takes the access words. Only a logical processor can. */
  LeafInFlight begin(LeafContext cpu);

  /** Which leaf function this is; the compound step counts as EADD. */
  Leaf leaf();
}
