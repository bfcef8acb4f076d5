/** Keyed cryptography of the machine: AES-CMAC and what is derived with it. */
package dev.ksgx.hardware.crypto;
