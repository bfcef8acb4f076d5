package dev.ksgx.load.workload.life;

import dev.ksgx.load.statistics.Life;
import dev.ksgx.protocol.message.ClientMessage;

/** What the actors of a load of lives say to each other and to themselves. */
sealed interface LifeMessage extends ClientMessage {

  /** To a process: begin. */
  enum Begin implements LifeMessage {
    NOW
  }

  /** From a process: a life of an enclave begins. */
  record Begun(int group) implements LifeMessage {}

  /** From a process: a life of an enclave is over. */
  record Ended(Life life) implements LifeMessage {}

  /** From a process: its last life is over. */
  record ProcessOver(int process) implements LifeMessage {}

  /** To a process from its clock: the enclave has idled long enough. */
  enum HoldOver implements LifeMessage {
    NOW
  }

  /** To the owner of the lives from its clock: a group begins. */
  record GroupDue(int group) implements LifeMessage {}
}
