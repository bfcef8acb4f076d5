/**
 * Which enclaves get a token in user space: all, debug ones, or those of signers on a white list.
 */
package dev.ksgx.kernel.policy;
