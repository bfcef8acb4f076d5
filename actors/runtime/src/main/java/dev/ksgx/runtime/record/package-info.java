/** Every message with its cause: a mailbox type that records, and the digest of a whole run. */
package dev.ksgx.runtime.record;
