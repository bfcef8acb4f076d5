/**
 * Programs for enclaves. Enclave code is not executed; instead a Java object says step by step what
 * the thread inside does, and each step goes through the same checks as the instruction it stands
 * for. A step that faults has done nothing and is issued again after the fault was resolved.
 */
package dev.ksgx.hardware.program;
