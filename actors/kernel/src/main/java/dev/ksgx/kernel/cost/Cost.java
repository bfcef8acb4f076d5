package dev.ksgx.kernel.cost;

/**
 * A named cost of the reference profile (Xeon E-2276G, 3.8 GHz), in cycles, with the mark of its
 * provenance as in costs.md: S read in a source, D derived from such figures, R recalled, J judged.
 * No figure of the launch side (EINIT, EGETKEY, EREPORT, the launch enclave) was ever measured in a
 * source we read.
 */
public enum Cost {
  ECREATE(28_500, 'R', "costs.md 2"),
  EADD(12_500, 'R', "costs.md 2"),
  EEXTEND(6_500, 'D', "costs.md 2, per 256-byte chunk"),
  EINIT(88_000, 'R', "costs.md 2, without a token"),
  EINIT_TOKEN(40_000, 'J', "costs.md 2: key derivation and CMAC of a token"),
  EREMOVE(4_500, 'R', "costs.md 2"),
  EPA(1_200, 'J', "a page zeroed and an EPCM entry written, taken like EBLOCK"),
  EBLOCK(1_200, 'J', "costs.md 2: split of an eviction"),
  ETRACK(1_500, 'J', "costs.md 2"),
  EWB(10_000, 'J', "costs.md 2: split of an eviction"),
  ELD(12_000, 'J', "costs.md 2: split of a load; ELDB and ELDU"),
  EDBG(500, 'J', "one word moved by EDBGRD or EDBGWR"),
  EENTER(3_400, 'S', "costs.md 2: 4,400 with 1,000 of SDK code"),
  EEXIT(3_200, 'S', "costs.md 2: 4,200 with 1,000 of SDK code"),
  AEX(3_900, 'D', "costs.md 1: half of ERESUME and AEX, 7,862"),
  ERESUME(4_000, 'D', "costs.md 1: the other half"),
  EGETKEY(40_000, 'R', "costs.md 2"),
  EREPORT(34_000, 'R', "costs.md 2"),
  TOKEN_MAC(8_000, 'J', "costs.md 2: CMAC over 192 bytes of a token, and the copies"),
  ENCLAVE_ACCESS(200, 'J', "a load or store of enclave memory that misses the caches"),
  WRMSR(400, 'S', "costs.md 1: IA32_SGXLEPUBKEYHASHn on Skylake"),
  SYSCALL(170, 'S', "costs.md 5: null system call, 0.045 us"),
  CONTEXT_SWITCH(3_400, 'D', "costs.md 5: what a pipe round trip of 9,200 leaves for each switch"),
  INTERRUPT(5_000, 'J', "handler and return, 1.3 us"),
  VMA(2_000, 'J', "find or change one VMA"),
  CREATE_PATH(10_000, 'J', "copy and check of the SECS, two backing files"),
  ADD_REQUEST(3_000, 'D', "half of the driver's add path of 6,000, costs.md 2"),
  ADD_PATH(3_000, 'D', "the other half"),
  INIT_PATH(3_000, 'J', "copy of the SIGSTRUCT, look-up of the enclave"),
  RELEASE_PAGE(1_500, 'D', "costs.md 2"),
  EMPTY_RECLAIM(5_000, 'J', "a walk over lists that yields no victim"),
  RECLAIM_ENTRY(2_000, 'J', "costs.md 2"),
  RECLAIM_PAGE(3_400, 'D', "costs.md 2: split of an eviction"),
  AGE_PAGE(200, 'J', "a page-table walk and a cleared bit"),
  IPI(3_000, 'J', "costs.md 2: round of interrupts, all waited for"),
  IPI_HANDLER(2_000, 'S', "costs.md 2"),
  PAGE_FAULT(2_600, 'D', "costs.md 2"),
  LOAD_PAGE(5_000, 'D', "costs.md 2: split of a load"),
  HASH_MODULUS(7_700, 'J', "7 blocks of SHA-256 at 1,100"),
  PIPE_WRITE(600, 'D', "costs.md 5: round trip 9,200 = 2 x (write + switch + read)"),
  PIPE_READ(600, 'D', "costs.md 5: round trip 9,200 = 2 x (write + switch + read)"),
  SOCKET_WRITE(2_470, 'D', "costs.md 5: UNIX socket 4.386 us = 2 x (write + switch + read)"),
  SOCKET_READ(2_470, 'D', "costs.md 5: UNIX socket 4.386 us = 2 x (write + switch + read)"),
  DAEMON_OVERHEAD(
      16_100, 'J', "costs.md 5: condition and mutex, 4.244 us, to hand over to a worker"),
  FORK_EXEC(2_318_000, 'S', "costs.md 5: fork and execve, 610 us"),
  ECALL_GLUE(1_000, 'S', "costs.md 2: SDK code on each side of an ecall");

  private final long cycles;
  private final char provenance;
  private final String source;

  Cost(long cycles, char provenance, String source) {
    this.cycles = cycles;
    this.provenance = provenance;
    this.source = source;
  }

  /** Default, in cycles of the reference profile. */
  public long cycles() {
    return cycles;
  }

  /** S, D, R or J. */
  public char provenance() {
    return provenance;
  }

  /** Where the figure comes from. */
  public String source() {
    return source;
  }

  /** The name used in configuration, such as {@code einit-token}. */
  public String key() {
    return name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
  }
}
