/**
 * The architectural structures of SGX, byte for byte.
 *
 * <p>Each structure is an immutable view of its bytes with one {@link
 * dev.ksgx.hardware.structure.Layout} table (isa.md 1): field name, offset, size and when the bytes
 * are reserved. All integers are little-endian. Parsing checks the size only; what hardware checks
 * beyond that is a named predicate, so that a leaf can apply it at its own step.
 */
package dev.ksgx.hardware.structure;
