/**
 * Launch control: what decides whether EINIT accepts an enclave. The RSA signature of SIGSTRUCT and
 * its making (isa.md 5), and the rules around it (isa.md 6).
 */
package dev.ksgx.hardware.launch;
