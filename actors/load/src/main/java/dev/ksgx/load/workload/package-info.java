/**
 * Who launches: plain behaviours on the runtime's clock, the same in live and in virtual time.
 * {@link dev.ksgx.load.workload.LoadGuardian} boots the kernel and its processes, {@code Workload}
 * plans launches and books them, one {@code Creator} a thread carries them out.
 */
package dev.ksgx.load.workload;
