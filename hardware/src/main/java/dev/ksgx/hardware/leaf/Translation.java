package dev.ksgx.hardware.leaf;

/** The page tables of the running process, as the processor walks them. */
@FunctionalInterface
public interface Translation {
  /** What {@link #translate} answers for a page that is not present. */
  long NOT_PRESENT = -1;

  /** The physical address of a linear address, or {@link #NOT_PRESENT}. */
  long translate(long linear);
}
