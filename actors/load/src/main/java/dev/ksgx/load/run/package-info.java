/** Runs a scenario in virtual time and makes its result. */
package dev.ksgx.load.run;
