package dev.ksgx.load.workload;

import dev.ksgx.load.statistics.LaunchFigures;
import dev.ksgx.load.statistics.TokenService;
import dev.ksgx.load.statistics.Use;
import dev.ksgx.protocol.message.CoreMessage;
import dev.ksgx.protocol.message.EpcMessage;
import dev.ksgx.runtime.probe.ResourceStatistics;
import java.util.List;

/**
 * Everything measured in the window.
 *
 * @param partial it was closed before its time
 * @param launches launches planned in it or ended in it
 * @param uses use of every resource
 * @param resources the probe's account of every group of resources
 * @param coresBusyNanos busy time of each core, by index
 * @param tokenService the launch enclave's service as the launches saw it
 * @param cores counters of each core over the window, by index
 * @param epc counters of the EPC
 * @param tokens tokens asked for in the window
 * @param coldStarts starts of the launch enclave's process since boot
 */
public record WindowFigures(
    boolean partial,
    LaunchFigures launches,
    List<Use> uses,
    List<ResourceStatistics> resources,
    List<Long> coresBusyNanos,
    TokenService.Figures tokenService,
    List<CoreMessage.Counters> cores,
    EpcMessage.Counters epc,
    long tokens,
    long coldStarts) {}
