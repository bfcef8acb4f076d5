package dev.ksgx.load.workload;

import dev.ksgx.protocol.message.SwapperMessage;
import java.util.List;
import java.util.SortedMap;

/**
 * What paging did in the measured window.
 *
 * @param swapper counters of reclaim
 * @param shares what it did to each enclave, in the order of their creation, but for those that
 *     were gone when it closed and that it had never touched
 * @param untouched how many of these each process had since boot, by its number
 * @param sinceBoot the same without a look at the window
 * @param swapperNanos time that the swapper's task held cores
 */
public record PagingFigures(
    SwapperMessage.Counters swapper,
    List<SwapperMessage.Share> shares,
    SortedMap<Integer, Long> untouched,
    List<SwapperMessage.Share> sinceBoot,
    long swapperNanos) {}
