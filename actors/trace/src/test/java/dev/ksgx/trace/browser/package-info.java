/** The browser of all tests of pages. */
package dev.ksgx.trace.browser;
