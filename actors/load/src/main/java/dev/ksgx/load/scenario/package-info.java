/**
 * What is run: scenarios in HOCON, read without environment or system properties, with every key
 * known and every refusal one line that names the key, its value, its place and what would be
 * right.
 */
package dev.ksgx.load.scenario;
