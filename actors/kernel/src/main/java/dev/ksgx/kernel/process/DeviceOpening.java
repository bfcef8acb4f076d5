package dev.ksgx.kernel.process;

import akka.actor.typed.ActorRef;
import dev.ksgx.kernel.flow.Calls;
import dev.ksgx.protocol.abi.CallResult;
import dev.ksgx.protocol.abi.RequestId;
import dev.ksgx.protocol.abi.SgxIoctl;
import dev.ksgx.protocol.abi.TaskRef;
import dev.ksgx.protocol.message.AddressSpaceMessage;
import dev.ksgx.protocol.message.DeviceMessage;
import dev.ksgx.protocol.message.KernelMessage;
import dev.ksgx.protocol.message.Reply;
import dev.ksgx.protocol.message.Returned;
import java.util.function.Consumer;

/**
 * How a program opens the device: where a token does not say whose launch enclave made it, the
 * program says so at once (design.md 9). Lives inside the actor that makes the calls.
 */
public final class DeviceOpening {
  private final ActorRef<DeviceMessage.Request> device;
  private final ActorRef<AddressSpaceMessage.Request> addressSpace;
  private final TaskRef task;
  private final ActorRef<Reply> self;
  private final Calls calls;

  /**
   * @param self the actor that makes the calls
   * @param calls where its answers are waited for
   */
  public DeviceOpening(
      ActorRef<DeviceMessage.Request> device,
      ActorRef<AddressSpaceMessage.Request> addressSpace,
      TaskRef task,
      ActorRef<Reply> self,
      Calls calls) {
    this.device = device;
    this.addressSpace = addressSpace;
    this.task = task;
    this.self = self;
    this.calls = calls;
  }

  /** What a program says that gets its tokens from there; null: nothing. */
  public static SgxIoctl said(KernelMessage.TokenSource tokens) {
    return tokens == null || tokens.fileHash() == null
        ? null
        : new SgxIoctl.SetFileHash(tokens.fileHash());
  }

  /**
   * open(), then the ioctl; {@code then} hears what open() returned. A driver that refuses to hear
   * whose hash it is does with what the MSRs hold: INIT will tell.
   *
   * @param said null: nothing
   */
  public void start(RequestId request, SgxIoctl said, Consumer<CallResult> then) {
    long call =
        calls.<Returned>expect(
            opened -> {
              if (said == null || opened.result().isErrno()) {
                then.accept(opened.result());
              } else {
                say(request, said, opened.result(), then);
              }
            });
    device.tell(new DeviceMessage.Open(task, request, call, self));
  }

  private void say(RequestId request, SgxIoctl said, CallResult opened, Consumer<CallResult> then) {
    SgxIoctl onFile = new SgxIoctl.OnFile(opened.value(), said);
    long call = calls.<Returned>expect(heard -> then.accept(opened));
    device.tell(new DeviceMessage.Ioctl(task, request, addressSpace, onFile, call, self));
  }
}
