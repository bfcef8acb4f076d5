package dev.ksgx.hardware.epc;

import dev.ksgx.hardware.structure.PageType;

/**
 * What the EPCM said of one frame at one moment; software on a real processor cannot see it.
 *
 * @param valid VALID; if false only {@code accessWord} means anything
 * @param type PT, null if not valid
 * @param r readable from inside
 * @param w writable from inside
 * @param x executable from inside
 * @param owner frame of the owning SECS; of an SECS itself; -1 for a version array or if not valid
 * @param address ENCLAVEADDRESS
 * @param accessWord see {@link AccessWord}; 0 = used by nobody
 */
public record EpcInspection(
    boolean valid,
    PageType type,
    boolean r,
    boolean w,
    boolean x,
    int owner,
    long address,
    boolean blocked,
    boolean pending,
    boolean modified,
    boolean pr,
    int accessWord) {}
