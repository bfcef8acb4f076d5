/**
 * The model against published measurements: costs.md 3, row by row, from scenarios in the module.
 */
package dev.ksgx.load.validate;
