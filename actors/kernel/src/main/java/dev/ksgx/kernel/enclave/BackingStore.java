package dev.ksgx.kernel.enclave;

import dev.ksgx.hardware.paging.EvictedPage;

/**
 * Where evicted pages lie in ordinary memory (driver.md 6.4): page {@code i} of the enclave at
 * {@code i} times 4,096 bytes, the SECS behind the last one, the PCMD of page {@code i} at 128
 * bytes times {@code i}, in a file of its own (v5) or behind the SECS (mainline). What EWB wrote is
 * kept as it is; a page that never had contents takes no room but that of its PCMD.
 *
 * <p>v5 keeps what it has written until the enclave goes; mainline gives a page back when it has
 * been loaded, and a page of PCMDs when the last of its 32 has (B-64).
 */
final class BackingStore {
  static final int PCMD_BYTES = 128;
  static final int PCMDS_PER_PAGE = 32;
  private static final long PAGE_BYTES = 4096;

  private final long enclaveBytes;
  private final boolean oneFile;
  private final EvictedPage[][] groups;
  private final byte[] inGroup;
  private long pages;
  private long pcmdPages;

  /**
   * @param enclaveBytes size of the enclave's range
   * @param oneFile mainline's layout and its thrift
   */
  BackingStore(long enclaveBytes, boolean oneFile) {
    this.enclaveBytes = enclaveBytes;
    this.oneFile = oneFile;
    int count = (int) ((enclaveBytes / PAGE_BYTES + 1 + PCMDS_PER_PAGE - 1) / PCMDS_PER_PAGE);
    this.groups = new EvictedPage[count][];
    this.inGroup = new byte[count];
  }

  /** Index of the SECS. */
  long secsIndex() {
    return enclaveBytes / PAGE_BYTES;
  }

  /** Offset of page {@code index} in its file, bytes. */
  long pageOffset(long index) {
    return index * PAGE_BYTES;
  }

  /** Offset of the PCMD of page {@code index} in its file, bytes. */
  long pcmdOffset(long index) {
    return (oneFile ? enclaveBytes + PAGE_BYTES : 0) + index * PCMD_BYTES;
  }

  /** What EWB wrote for page {@code index}. */
  void write(long index, EvictedPage evicted) {
    int group = (int) (index / PCMDS_PER_PAGE);
    if (groups[group] == null) {
      groups[group] = new EvictedPage[PCMDS_PER_PAGE];
      pcmdPages++;
    }
    int at = (int) (index % PCMDS_PER_PAGE);
    if (groups[group][at] == null) {
      inGroup[group]++;
      pages++;
    }
    groups[group][at] = evicted;
  }

  /** What EWB wrote for page {@code index} last, or null. */
  EvictedPage read(long index) {
    EvictedPage[] group = groups[(int) (index / PCMDS_PER_PAGE)];
    return group == null ? null : group[(int) (index % PCMDS_PER_PAGE)];
  }

  /** Page {@code index} is in the EPC again. */
  void loaded(long index) {
    if (!oneFile) {
      return;
    }
    int group = (int) (index / PCMDS_PER_PAGE);
    groups[group][(int) (index % PCMDS_PER_PAGE)] = null;
    pages--;
    if (--inGroup[group] == 0) {
      groups[group] = null;
      pcmdPages--;
    }
  }

  /** Ordinary memory that the files take, bytes. */
  long bytesHeld() {
    return (pages + pcmdPages) * PAGE_BYTES;
  }
}
