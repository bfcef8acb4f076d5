package dev.ksgx.kernel.config;

/**
 * What the kernel does when the EPC is full.
 *
 * @param reclaim how victims are chosen
 * @param pte when the page-table entry of an added page is made
 * @param vaEviction whether version-array pages are paged too, under a second level of them
 * @param lePages whether the launch enclave's pages can be evicted
 */
public record Paging(Reclaim reclaim, PteTiming pte, boolean vaEviction, LePages lePages) {
  private static final int LOW_WATERMARK = 32;

  /** Share of the frames that the low watermark is on a machine too small for the usual one. */
  private static final int SMALL = 8;

  /** Pages that a reclaim pass looks at. */
  public static final int BATCH = 16;

  /**
   * Free frames below which an allocation wakes the swapper: 32 (driver.md 0.1). An EPC of fewer
   * than 256 frames, which no processor ever had, would never satisfy it; there it is an eighth
   * (MODEL).
   *
   * @param frames frames of the machine
   */
  public static int lowWatermark(int frames) {
    return Math.min(LOW_WATERMARK, frames / SMALL);
  }

  /** Free frames at which the swapper stops: 64, twice the low watermark. */
  public static int highWatermark(int frames) {
    return 2 * lowWatermark(frames);
  }

  /** With other victims. */
  public Paging withReclaim(Reclaim other) {
    return new Paging(other, pte, vaEviction, lePages);
  }

  /** With page-table entries made at another time. */
  public Paging withPte(PteTiming other) {
    return new Paging(reclaim, other, vaEviction, lePages);
  }

  /** With version arrays paged, or not. */
  public Paging withVaEviction(boolean other) {
    return new Paging(reclaim, pte, other, lePages);
  }

  /** With the launch enclave's pages pinned, or not. */
  public Paging withLePages(LePages other) {
    return new Paging(reclaim, pte, vaEviction, other);
  }
}
