/**
 * The SGX machine: structures, leaves, EPC, EPCM, MSRs, keys and images. It knows no clock and no
 * actor.
 */
package dev.ksgx.hardware;
