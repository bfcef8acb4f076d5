/** The frames of the EPC: who has one, how many are free. */
package dev.ksgx.kernel.epc;
