package dev.ksgx.kernel.process;

import dev.ksgx.hardware.structure.Bytes;
import dev.ksgx.kernel.power.CallGate;
import dev.ksgx.protocol.abi.TaskRef;
import java.util.BitSet;
import java.util.TreeMap;

/** The processes as the device knows them: who is in the driver, and what is open. */
final class Clients {
  /** An open file of /dev/sgx. */
  static final class OpenFile {
    /** Whose launch enclave the tokens on it are of, 32 bytes; null until that is said. */
    Bytes launchHash;
  }

  /** One process. */
  static final class Client {
    int inDriver;
    int nextDescriptor = 3;

    /** Descriptors that are closed and whose file is not released yet. */
    int closing;

    final TreeMap<Integer, OpenFile> open = new TreeMap<>();
    private Runnable whenQuiet;
    private boolean exiting;
  }

  private final CallGate gate;
  private final TreeMap<Integer, Client> clients = new TreeMap<>();
  private final BitSet exited = new BitSet();

  /**
   * @param gate is told of each call
   */
  Clients(CallGate gate) {
    this.gate = gate;
  }

  /** Counts a call of the process in, or refuses it with null: the process is exiting or gone. */
  Client enter(TaskRef task) {
    if (exited.get(task.pid())) {
      return null;
    }
    Client client = clients.computeIfAbsent(task.pid(), unused -> new Client());
    if (client.exiting) {
      return null;
    }
    gate.begins(task.kind());
    client.inDriver++;
    return client;
  }

  Client of(int pid) {
    return clients.get(pid);
  }

  /** A call that was counted in is over. */
  void leave(Client client, TaskRef task) {
    gate.ends(task.kind());
    client.inDriver--;
    if (client.inDriver == 0 && client.whenQuiet != null) {
      client.whenQuiet.run();
    }
  }

  /** The process exits: no call is let in any more; goes on when none is there. */
  void exits(int pid, Runnable quiet) {
    Client client = clients.computeIfAbsent(pid, unused -> new Client());
    client.exiting = true;
    client.whenQuiet = quiet;
    if (client.inDriver == 0) {
      quiet.run();
    }
  }

  /** The process is gone; the number of files that it had open. */
  int remove(int pid) {
    exited.set(pid);
    return clients.remove(pid).open.size();
  }
}
