package dev.ksgx.protocol.message;

/**
 * Kinds of kernel software that a task runs between leaves; the cost model gives each its cycles.
 */
public enum Work {
  /** Entry into and return from a system call. */
  SYSCALL,
  /** A context switch of the core to another task. */
  CONTEXT_SWITCH,
  /** An interrupt's handler. */
  INTERRUPT,
  /** mmap or munmap: find or change a VMA. */
  VMA,
  /** CREATE's copy of the SECS, its checks, the two backing files. */
  CREATE_PATH,
  /** ADD_PAGE's copies and checks up to the queued request. */
  ADD_REQUEST,
  /** What the adder does around EADD: page-table entry, lists. */
  ADD_PATH,
  /** INIT's copy of the SIGSTRUCT and look-up of the enclave. */
  INIT_PATH,
  /** Release of one page beside its EREMOVE. */
  RELEASE_PAGE,
  /** A reclaim pass that found nothing to evict. */
  EMPTY_RECLAIM,
  /** Entry into a reclaim pass: choice of the victims. */
  RECLAIM_ENTRY,
  /** Eviction of one page beside its leaves: backing page, PCMD, lists, ageing. */
  RECLAIM_PAGE,
  /** A look at the accessed bit of a page that stays. */
  AGE_PAGE,
  /** An interrupt sent to other cores, and the wait until all have acknowledged it. */
  IPI,
  /** The handler of such an interrupt. */
  IPI_HANDLER,
  /** The kernel's path of a page fault: entry, VMA look-up, page-table entry, return. */
  PAGE_FAULT,
  /** Loading of one page beside its leaf: backing page, PCMD, lists. */
  LOAD_PAGE,
  /** SHA-256 over the 384 bytes of a modulus. */
  HASH_MODULUS,
  /** One write to a pipe. */
  PIPE_WRITE,
  /** One read from a pipe. */
  PIPE_READ,
  /** A message written to a UNIX socket. */
  SOCKET_WRITE,
  /** A message read from a UNIX socket. */
  SOCKET_READ,
  /** What the launch daemon does for a request beside the socket and the launch enclave. */
  DAEMON_OVERHEAD,
  /** fork and exec of the launch enclave's process, or of the launch daemon. */
  FORK_EXEC,
  /** SDK code around EENTER and EEXIT. */
  ECALL_GLUE
}
