package dev.ksgx.load.workload;

import dev.ksgx.load.statistics.LaunchFigures;
import dev.ksgx.load.statistics.TokenService;

/**
 * Everything measured in the window of a load of launches.
 *
 * @param partial it was closed before its time
 * @param launches launches planned in it or ended in it
 * @param tokenService the launch enclave's service as the launches saw it
 * @param machine what machine and driver did meanwhile
 */
public record WindowFigures(
    boolean partial,
    LaunchFigures launches,
    TokenService.Figures tokenService,
    MachineFigures machine) {}
