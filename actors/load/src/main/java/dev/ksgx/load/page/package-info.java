/**
 * A study as a page for people: one file that needs no network, with the study's data, the library
 * that draws the charts, and the script that asks the one of the other.
 */
package dev.ksgx.load.page;
