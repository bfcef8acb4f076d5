package dev.ksgx.load.workload;

import dev.ksgx.protocol.message.SwapperMessage;
import java.util.List;

/**
 * What paging did in the measured window.
 *
 * @param swapper counters of reclaim
 * @param shares what it did to each enclave, in the order of their creation
 * @param sinceBoot the same without a look at the window
 * @param swapperNanos time that the swapper's task held cores
 */
public record PagingFigures(
    SwapperMessage.Counters swapper,
    List<SwapperMessage.Share> shares,
    List<SwapperMessage.Share> sinceBoot,
    long swapperNanos) {}
