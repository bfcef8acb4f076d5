/**
 * Enclaves as files and as values: SGXS page streams, SIGSTRUCT files, signing keys, and the images
 * that loaders use. What is wrong with a file is said in one line by {@link
 * dev.ksgx.hardware.image.ImageFormatException}.
 *
 * <p>An SGXS stream is the input of MRENCLAVE written down (isa.md 4): 64-byte blocks ECREATE, EADD
 * and EEXTEND, the last followed by 256 bytes of data. Blocks UNMEASRD, shaped like EEXTEND, carry
 * data that is loaded but not measured.
 */
package dev.ksgx.hardware.image;
