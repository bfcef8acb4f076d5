/**
 * JUnit 5 extension for tests that run enclaves: a fresh kernel a test, its books audited at the
 * end. Needs {@code junit-jupiter-api} on the class path, which ksgx does not bring.
 */
package dev.ksgx.kernel.junit;
