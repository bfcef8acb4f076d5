package dev.ksgx.hardware.leaf;

import dev.ksgx.hardware.epc.Epc;
import dev.ksgx.hardware.launch.LaunchControlMsrs;
import dev.ksgx.hardware.measure.MeasurementTrie;
import dev.ksgx.hardware.paging.PageCipher;
import dev.ksgx.hardware.platform.Cpuid;
import dev.ksgx.hardware.platform.PackageRegisters;

/** What a leaf sees of the logical processor that runs it. */
public interface LeafContext {
  /** The EPC of the machine. */
  Epc epc();

  /** Features and limits. */
  Cpuid cpuid();

  /** Registers of the package. */
  PackageRegisters registers();

  /** Page encryption under the package's key, for this processor alone. */
  PageCipher pageCipher();

  /** MSRs of this processor. */
  LaunchControlMsrs msrs();

  /** Known measurements. */
  MeasurementTrie measurements();

  /** Modes and control registers. */
  ControlState control();

  /** Whether an unmasked interrupt, NMI or SMI is pending. */
  boolean eventPending();

  /** Whether EPCM violations arrive as #GP, as on processors with SGX1 only (isa.md 0.3). */
  boolean epcmViolationIsGp();

  /** Whether the next access word asked for has to count as taken; asking uses the order up. */
  boolean takeInjectedConflict();
}
