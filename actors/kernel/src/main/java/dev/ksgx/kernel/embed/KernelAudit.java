package dev.ksgx.kernel.embed;

import java.util.ArrayList;
import java.util.List;

/**
 * The books of a kernel at one moment. They balance when nothing is under way.
 *
 * @param frames EPC frames of the machine
 * @param free frames in the EPC manager's pool
 * @param owned frames that the EPCM holds valid: pages, SECS, version arrays
 * @param inUse frames whose access word is not 0: a leaf holds them
 * @param conflicts leaves that met a table conflict, injected ones left out
 * @param openCalls calls of the embedder that have not been answered, this one left out
 */
public record KernelAudit(
    int frames, int free, int owned, int inUse, long conflicts, int openCalls) {

  /** What does not balance, one line each; empty if all is well. */
  public List<String> violations() {
    List<String> found = new ArrayList<>();
    if (free + owned != frames) {
      found.add("%d frames are not %d free + %d owned".formatted(frames, free, owned));
    }
    if (inUse != 0) {
      found.add("the access words of %d frames are not 0".formatted(inUse));
    }
    if (conflicts != 0) {
      found.add("%d leaves met a table conflict".formatted(conflicts));
    }
    if (openCalls != 0) {
      found.add("%d calls have not been answered".formatted(openCalls));
    }
    return found;
  }
}
