package dev.ksgx.kernel.config;

import dev.ksgx.protocol.abi.Errno;

/** A historical bundle of choices (driver.md 0). */
public enum Preset {
  /** The patch series of November 2017: deferred adds, an in-kernel launch enclave behind pipes. */
  V5(
      "v5",
      LaunchDesign.kernelLe(KernelLe.Channel.PIPES),
      AddMode.DEFERRED,
      new Paging(Reclaim.PER_PROCESS, PteTiming.AT_ADD, false, LePages.EVICTABLE),
      IoctlGeneration.V5),
  /**
   * Intel's out-of-tree driver of 2017 with its daemon: deferred adds, tokens from user space, the
   * hash of the daemon's launch enclave written to every core at load.
   */
  OUT_OF_TREE(
      "out-of-tree",
      LaunchDesign.userLe(UserLe.aesmd()),
      AddMode.DEFERRED,
      new Paging(Reclaim.PER_PROCESS, PteTiming.AT_ADD, false, LePages.EVICTABLE),
      IoctlGeneration.V5),
  /**
   * The DCAP driver of August 2019, made from the later postings of the series: deferred adds, an
   * in-kernel launch enclave behind one shared slot.
   */
  DCAP_LE(
      "dcap-le",
      LaunchDesign.kernelLe(KernelLe.Channel.SLOT),
      AddMode.DEFERRED,
      new Paging(Reclaim.PER_ENCLAVE, PteTiming.AT_ADD, false, LePages.EVICTABLE),
      IoctlGeneration.V5),
  /**
   * What was merged for Linux 5.11, and the DCAP drivers from the end of 2019 on: adds in the
   * caller, no launch enclave, one list of pages, and ioctls with checks and results of their own.
   */
  MAINLINE(
      "mainline",
      LaunchDesign.direct(MsrPolicy.ALWAYS),
      AddMode.SYNCHRONOUS,
      new Paging(Reclaim.GLOBAL, PteTiming.AT_FAULT, false, LePages.EVICTABLE),
      IoctlGeneration.MAINLINE);

  private final String key;
  private final LaunchDesign launch;
  private final AddMode add;
  private final Paging paging;
  private final IoctlGeneration ioctls;

  Preset(String key, LaunchDesign launch, AddMode add, Paging paging, IoctlGeneration ioctls) {
    this.key = key;
    this.launch = launch;
    this.add = add;
    this.paging = paging;
    this.ioctls = ioctls;
  }

  /** The name used in configuration. */
  public String key() {
    return key;
  }

  /** How enclaves of this generation get past launch control. */
  public LaunchDesign launch() {
    return launch;
  }

  /** How this generation adds pages. */
  public AddMode add() {
    return add;
  }

  /** Whether the driver gives its enclaves up when the machine goes to sleep (driver.md 1.7). */
  public boolean suspendsEnclaves() {
    return this != MAINLINE;
  }

  /** Whether the child of a fork gets the mappings of /dev/sgx (driver.md 1.4). */
  public boolean copiesMappingsOnFork() {
    return this == MAINLINE;
  }

  /** Whether one system call adds a range of pages: ADD_PAGES came with 5.11 (driver.md 2). */
  public boolean addsRanges() {
    return this == MAINLINE;
  }

  /** Whether an enclave outlives the unmapping of a part of it (driver.md 1.4). */
  public boolean outlivesPartialUnmap() {
    return this == MAINLINE;
  }

  /** What ptrace gives when its leaf faults (driver.md 1.7). */
  public Errno leafFault() {
    return this == MAINLINE ? Errno.EIO : Errno.EFAULT;
  }

  /** Whether ptrace reads and writes an enclave before INIT, or a dead one (driver.md 1.7). */
  public boolean debugsByAttributeAlone() {
    return this == MAINLINE;
  }

  /**
   * Whether ptrace keeps the enclave's lock over each word and leaves the bounds of a TCS to EDBGRD
   * and EDBGWR (driver.md 1.7).
   */
  public boolean debugsUnderLock() {
    return this == MAINLINE;
  }

  /** What the ioctls of this generation check and return. */
  public IoctlGeneration ioctls() {
    return ioctls;
  }

  /** What this generation does when the EPC is full. */
  public Paging paging() {
    return paging;
  }
}
