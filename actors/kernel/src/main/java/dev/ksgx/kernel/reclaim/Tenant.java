package dev.ksgx.kernel.reclaim;

import akka.actor.typed.ActorRef;
import dev.ksgx.protocol.message.EnclaveMessage;
import dev.ksgx.protocol.message.SwapperMessage;

/** An enclave as the swapper knows it. */
final class Tenant {
  final ActorRef<EnclaveMessage.Request> enclave;
  final int pid;
  final long number;

  /** The last look found no page of it, {@code since} no pass has found any anywhere. */
  long emptySince = -1;

  /** It is no more; answers of its last pass may still come. */
  boolean gone;

  /** What paging did to it, once it is gone. */
  SwapperMessage.Share atItsEnd;

  /** Its pages in the one list of all, or null: see {@link GlobalList}. */
  GlobalList.Entry pages;

  Tenant(ActorRef<EnclaveMessage.Request> enclave, int pid, long number) {
    this.enclave = enclave;
    this.pid = pid;
    this.number = number;
  }
}
