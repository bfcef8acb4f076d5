/** The log as an SQLite database, built once, on close or on the first question. */
package dev.ksgx.trace.store;
