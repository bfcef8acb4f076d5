package dev.ksgx.hardware.launch;

/**
 * Why EINIT refuses.
 *
 * @param step number of the check in isa.md 6.1
 * @param code the code in RAX
 * @param check the rule, one line
 */
public record Refusal(int step, int code, String check) {}
