package dev.ksgx.protocol.message;

import akka.actor.typed.ActorRef;
import dev.ksgx.hardware.structure.Bytes;
import dev.ksgx.protocol.abi.CallResult;
import dev.ksgx.protocol.abi.RequestId;
import dev.ksgx.protocol.abi.TaskRef;
import java.util.List;

/** Root of what the kernel's guardian receives. */
public interface KernelMessage {
  /** What others may send to the guardian. */
  sealed interface Request extends KernelMessage {}

  /** A new process with one thread of that kind. Answered with {@link Process}. */
  record NewProcess(TaskRef.Kind kind, long call, ActorRef<? super Process> replyTo)
      implements Request {}

  /** One more thread of the process {@code pid}. Answered with {@link NewTask}. */
  record NewThread(int pid, TaskRef.Kind kind, long call, ActorRef<? super NewTask> replyTo)
      implements Request {
    /** One more thread that builds and runs enclaves. */
    public NewThread(int pid, long call, ActorRef<? super NewTask> replyTo) {
      this(pid, TaskRef.Kind.CREATOR, call, replyTo);
    }
  }

  /**
   * Load microcode: the machine has another CPUSVN, and all its processors at once. Answered with
   * {@link MicrocodeUpdated}.
   *
   * @param cpuSvn 16 bytes
   */
  record UpdateMicrocode(Bytes cpuSvn, long call, ActorRef<? super MicrocodeUpdated> replyTo)
      implements Request {}

  /** The doors of a booted kernel. Answered with {@link Doors}. */
  record AskDoors(long call, ActorRef<? super Doors> replyTo) implements Request {}

  /**
   * fork by {@code task}: a new process with what this generation copies of the mappings (driver.md
   * 1.4), and without descriptors of /dev/sgx. Answered with {@link Process}.
   *
   * @param parent address space of the process of {@code task}
   */
  record Fork(
      TaskRef task,
      RequestId request,
      ActorRef<AddressSpaceMessage.Request> parent,
      long call,
      ActorRef<? super Process> replyTo)
      implements Request {}

  /**
   * Put the machine to sleep (S3): freeze the tasks, let the driver suspend its enclaves, cut the
   * power. Answered with {@link PowerChanged} when it sleeps; -EBUSY if tasks do not freeze within
   * 20 seconds, or if it sleeps already or is about to.
   */
  record Suspend(RequestId request, long call, ActorRef<? super PowerChanged> replyTo)
      implements Request {}

  /**
   * Wake the machine up; the tasks go on. Answered with {@link PowerChanged}: -EINVAL if it does
   * not sleep.
   */
  record Resume(long call, ActorRef<? super PowerChanged> replyTo) implements Request {}

  /**
   * The machine sleeps, or is awake again.
   *
   * @param enclaves that the driver has given up on the way down; 0 on the way up
   */
  record PowerChanged(long call, CallResult result, int enclaves) implements Reply {}

  /** The machine has its new CPUSVN. */
  record MicrocodeUpdated(long call) implements Reply {}

  /** A process. */
  record Process(long call, TaskRef task, ActorRef<AddressSpaceMessage.Request> addressSpace)
      implements Reply {}

  /** A thread. */
  record NewTask(long call, TaskRef task) implements Reply {}

  /**
   * Where programs get tokens from: the launch enclaves of one signer.
   *
   * @param daemon the launch daemon
   * @param store what keeps the tokens of applications; null if they keep none
   * @param fileHash MRSIGNER of the launch enclaves, 32 bytes, where a program has to say it on
   *     each file that it opens; else null
   */
  record TokenSource(
      ActorRef<DaemonMessage.Request> daemon,
      ActorRef<TokenStoreMessage.Request> store,
      Bytes fileHash) {}

  /**
   * Where to send system calls, and whom to ask for figures.
   *
   * @param tokens where programs get tokens from, by signer; empty if INIT needs none of its caller
   */
  record Doors(
      long call,
      ActorRef<DeviceMessage.Request> device,
      ActorRef<SchedulerMessage.Request> scheduler,
      ActorRef<EpcMessage.Request> epc,
      ActorRef<SwapperMessage.Request> swapper,
      ActorRef<LaunchControlMessage.Request> launchControl,
      List<TokenSource> tokens,
      List<ActorRef<CoreMessage.Request>> cores)
      implements Reply {
    public Doors {
      tokens = List.copyOf(tokens);
    }

    /**
     * Where a program gets its tokens from; null if INIT needs none of it.
     *
     * @param program number of the program: programs rely on the signers in turn
     */
    public TokenSource tokensOf(int program) {
      return tokens.isEmpty() ? null : tokens.get(program % tokens.size());
    }
  }
}
