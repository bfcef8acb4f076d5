package dev.ksgx.kernel.process;

import akka.actor.typed.ActorRef;
import dev.ksgx.protocol.message.EnclaveMessage;

/** A mapping of /dev/sgx: {@code bytes} from {@code base}, and the enclave bound to it, or null. */
final class Vma {
  final long base;
  final long bytes;
  ActorRef<EnclaveMessage.Request> enclave;

  Vma(long base, long bytes) {
    this.base = base;
    this.bytes = bytes;
  }

  long end() {
    return base + bytes;
  }

  boolean overlaps(long from, long to) {
    return base < to && from < end();
  }
}
