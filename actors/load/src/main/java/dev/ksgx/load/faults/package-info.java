/**
 * What a launch enclave or a daemon that is slow, hung, dead or wrong does to callers, by design:
 * small experiments in virtual time, each with one fault and then the remedies that an
 * administrator has.
 */
package dev.ksgx.load.faults;
