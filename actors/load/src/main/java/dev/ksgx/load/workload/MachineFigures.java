package dev.ksgx.load.workload;

import dev.ksgx.load.statistics.Use;
import dev.ksgx.protocol.message.CoreMessage;
import dev.ksgx.protocol.message.EpcMessage;
import dev.ksgx.runtime.probe.ResourceStatistics;
import java.util.List;

/**
 * What machine and driver did in the measured window.
 *
 * @param windowNanos its length
 * @param uses use of every resource
 * @param resources the probe's account of every group of resources
 * @param coresBusyNanos busy time of each core, by index
 * @param cores counters of each core over the window, by index
 * @param epc counters of the EPC
 * @param versionArraysPeak most frames that held version arrays at one time
 * @param tokens tokens asked for in the window
 * @param coldStarts starts of the launch enclave's process since boot
 */
public record MachineFigures(
    long windowNanos,
    List<Use> uses,
    List<ResourceStatistics> resources,
    List<Long> coresBusyNanos,
    List<CoreMessage.Counters> cores,
    EpcMessage.Counters epc,
    long versionArraysPeak,
    long tokens,
    long coldStarts) {}
