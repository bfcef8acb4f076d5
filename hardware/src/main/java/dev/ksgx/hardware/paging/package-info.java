/**
 * What leaves the EPC and comes back: pages in ordinary memory and the cryptography that makes them
 * worthless to everybody but this processor (isa.md 8.1).
 */
package dev.ksgx.hardware.paging;
