/**
 * The frames of the EPC: who has one, how many are free, when the last are too precious to give.
 */
package dev.ksgx.kernel.epc;
