package dev.ksgx.kernel.process;

import akka.actor.typed.ActorRef;
import dev.ksgx.hardware.structure.Bytes;
import dev.ksgx.kernel.KernelServices;
import dev.ksgx.kernel.config.Bugs;
import dev.ksgx.kernel.config.HashSource;
import dev.ksgx.kernel.config.LaunchDesign;
import dev.ksgx.kernel.config.MsrPolicy;
import dev.ksgx.kernel.flow.Calls;
import dev.ksgx.kernel.flow.Flow;
import dev.ksgx.kernel.launch.CrossCall;
import dev.ksgx.kernel.launch.LaunchKey;
import dev.ksgx.protocol.abi.CallResult;
import dev.ksgx.protocol.abi.Errno;
import dev.ksgx.protocol.abi.SgxIoctl;
import dev.ksgx.protocol.message.Burst;
import dev.ksgx.protocol.message.Reply;
import dev.ksgx.protocol.message.Step;
import dev.ksgx.protocol.message.Work;
import java.util.function.Consumer;

/**
 * Whose launch enclave made the callers' tokens, as they or a privileged process said (MODEL): an
 * EINITTOKEN does not tell (design.md 9).
 */
final class SaidHashes {
  private static final int BYTES = 32;

  private static final Burst ENTRY = Burst.of(Step.software(Work.SYSCALL));
  private static final Burst CROSS_CALL =
      Burst.of(Step.software(Work.SYSCALL), Step.software(Work.IPI));

  private final KernelServices services;
  private final Calls calls;
  private final ActorRef<Reply> self;
  private Bytes ofMachine;

  SaidHashes(KernelServices services, Calls calls, ActorRef<Reply> self) {
    this.services = services;
    this.calls = calls;
    this.self = self;
  }

  private LaunchDesign design() {
    return services.config().launch();
  }

  /** Whether the driver knows that ioctl. */
  boolean knows(SgxIoctl ioctl) {
    return ioctl instanceof SgxIoctl.SetFileHash && design().hashSource() == HashSource.PER_FD
        || ioctl instanceof SgxIoctl.SetMachineHash && design().hashSource() == HashSource.IOCTL;
  }

  /**
   * Does what {@link #knows} of. Without a file, permission, 32 bytes, MSRs that can be written it
   * is refused, and so is a second hash on one file. A hash for the machine that no INIT would
   * write is written to every core before the call returns.
   *
   * @param file the open file that the call is made on; null if there is none
   */
  void run(Flow flow, SgxIoctl ioctl, Clients.OpenFile file, Consumer<CallResult> then) {
    CallResult said = say(ioctl, file);
    boolean everywhere =
        said.isZero()
            && ioctl instanceof SgxIoctl.SetMachineHash
            && design().msr() == MsrPolicy.NEVER;
    if (everywhere) {
      flow.run(
          CROSS_CALL,
          ran ->
              new CrossCall(services, calls, self)
                  .write(LaunchKey.writeHash(ofMachine), () -> then.accept(said)));
    } else {
      flow.run(ENTRY, ran -> then.accept(said));
    }
  }

  /**
   * The machine is awake, with firmware's values in the MSRs: what is written there by no INIT has
   * to be written again (B-53).
   */
  void afterSleep(Runnable then) {
    Bytes hash =
        switch (design().hashSource()) {
          case BOOT -> LaunchKey.signer();
          case IOCTL -> design().msr() == MsrPolicy.NEVER ? ofMachine : null;
          case KERNEL_LE, PER_FD, SIGNER -> null;
        };
    boolean forgets = services.config().bugs().has(Bugs.HASH_WRITTEN_AT_LOAD_ONLY);
    if (hash == null || forgets || !services.launchControlUnlocked()) {
      then.run();
    } else {
      new CrossCall(services, calls, self).write(LaunchKey.writeHash(hash), then);
    }
  }

  private CallResult say(SgxIoctl ioctl, Clients.OpenFile file) {
    if (file == null) {
      return CallResult.failed(Errno.EBADF, "the process has no such open file");
    }
    boolean machine = ioctl instanceof SgxIoctl.SetMachineHash;
    if (machine && !((SgxIoctl.SetMachineHash) ioctl).privileged()) {
      return CallResult.failed(Errno.EPERM, "SET_MACHINE_HASH is for a privileged process");
    }
    Bytes hash =
        machine ? ((SgxIoctl.SetMachineHash) ioctl).hash() : ((SgxIoctl.SetFileHash) ioctl).hash();
    int there = hash == null ? 0 : hash.length();
    if (there < BYTES) {
      return services.badCopy("the hash", BYTES - there);
    }
    if (!services.launchControlUnlocked()) {
      return CallResult.failed(Errno.ENODEV, "the hash MSRs are locked");
    }
    if (machine) {
      ofMachine = hash.slice(0, BYTES);
    } else if (file.launchHash != null) {
      return CallResult.failed(Errno.EINVAL, "the file has its hash already");
    } else {
      file.launchHash = hash.slice(0, BYTES);
    }
    return CallResult.OK;
  }

  /** What an INIT on that file needs; null if nobody said or need say. */
  Bytes forInit(Clients.OpenFile file) {
    return switch (design().hashSource()) {
      case PER_FD -> file == null ? null : file.launchHash;
      case IOCTL -> ofMachine;
      case KERNEL_LE, BOOT, SIGNER -> null;
    };
  }

  /** Zero, or why an INIT cannot be had: its file has to have a hash and has none. */
  CallResult check(InitCopy init, Clients.OpenFile file) {
    boolean needed =
        design().hashSource() == HashSource.PER_FD
            && (init.token() != null || !design().hasKernelLe());
    return needed && forInit(file) == null && services.launchControlUnlocked()
        ? CallResult.failed(
            Errno.EINVAL, "INIT: nobody said on this file whose launch enclave it relies on")
        : CallResult.OK;
  }
}
