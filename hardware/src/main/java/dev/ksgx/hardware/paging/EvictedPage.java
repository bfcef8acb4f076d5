package dev.ksgx.hardware.paging;

import dev.ksgx.hardware.structure.Pcmd;

/**
 * What EWB leaves in ordinary memory, for the driver to keep until ELDB or ELDU.
 *
 * @param linaddr what EWB wrote to PAGEINFO.LINADDR: ENCLAVEADDRESS; 0 for SECS and version array
 * @param page what it wrote to SRCPGE
 * @param pcmd what it wrote to the PCMD
 */
public record EvictedPage(long linaddr, EncryptedPage page, Pcmd pcmd) {}
