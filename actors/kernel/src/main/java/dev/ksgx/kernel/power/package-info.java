/**
 * Sleep and waking up (driver.md 1.7): tasks are frozen where they do no harm, the driver gives its
 * enclaves up, the machine loses its power, and everybody goes on.
 */
package dev.ksgx.kernel.power;
