package dev.ksgx.load.statistics;

import dev.ksgx.protocol.message.SwapperMessage;
import dev.ksgx.protocol.message.SwapperMessage.Share;
import java.util.List;
import java.util.Optional;

/**
 * Laws of paging that hold since boot whatever the policy is; a violation means that a figure is
 * wrong.
 *
 * <ul>
 *   <li>No more pages of an enclave come back than went out.
 *   <li>A fault that brought a page back is one of the enclave's loads.
 *   <li>Direct passes and direct evictions are among all of them.
 *   <li>The frames that hold something are not more than there are, and none of a kind is negative.
 * </ul>
 */
public final class PagingLaws {
  private PagingLaws() {}

  /**
   * The first violation, in words; empty if all laws hold.
   *
   * @param shares since boot
   * @param swapper of any window
   * @param frames of the EPC
   */
  public static Optional<String> violation(
      List<Share> shares, SwapperMessage.Counters swapper, FrameSeries series, int frames) {
    for (Share share : shares) {
      if (share.loads() > share.evicted() || share.hardFaults() > share.loads()) {
        return Optional.of("paging: more comes back than went out: " + share);
      }
    }
    if (swapper.evictedDirectly() > swapper.evicted()
        || swapper.directPasses() > swapper.passes() + swapper.emptyPasses()) {
      return Optional.of("paging: direct reclaim is more than all reclaim: " + swapper);
    }
    for (FrameSeries.Point point : series.points()) {
      long held = point.pages() + point.versionArrays() + point.secs();
      boolean negative = point.pages() < 0 || point.versionArrays() < 0 || point.secs() < 0;
      if (negative || held > frames) {
        return Optional.of("paging: " + point + " of " + frames + " frames");
      }
    }
    return Optional.empty();
  }
}
