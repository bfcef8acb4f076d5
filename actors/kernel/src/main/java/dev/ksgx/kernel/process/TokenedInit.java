package dev.ksgx.kernel.process;

import akka.actor.typed.ActorRef;
import dev.ksgx.hardware.structure.Attributes;
import dev.ksgx.hardware.structure.Bytes;
import dev.ksgx.hardware.structure.SigStruct;
import dev.ksgx.kernel.flow.Calls;
import dev.ksgx.kernel.launch.TokenRequest;
import dev.ksgx.kernel.process.LaunchSequence.Outcome;
import dev.ksgx.kernel.process.LaunchSequence.Phase;
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
 * INIT where it wants a token of its caller (driver.md 5.4): the process's own comes first; if
 * EINIT says that it is of no use, or if there is none, the daemon is asked. There are two tries in
 * all, and a process without a token wastes none: it asks before its first. Lives inside the actor
 * that makes the calls.
 */
public final class TokenedInit {
  private static final int MOST_TRIES = 2;

  private final ActorRef<DeviceMessage.Request> device;
  private final ActorRef<AddressSpaceMessage.Request> addressSpace;
  private final TaskRef task;
  private final ActorRef<Reply> self;
  private final Calls calls;
  private final SigStruct sigStruct;
  private final TokenClient tokens;
  private RequestId request;
  private long base;
  private Runnable gotToken;
  private Consumer<Outcome> done;
  private int tries;

  /**
   * @param source where the program gets tokens from
   * @param self the actor that makes the calls
   * @param calls where its answers are waited for
   * @param attributes of the enclave that is to be launched
   */
  public TokenedInit(
      KernelMessage.Doors doors,
      KernelMessage.TokenSource source,
      ActorRef<AddressSpaceMessage.Request> addressSpace,
      TaskRef task,
      ActorRef<Reply> self,
      Calls calls,
      SigStruct sigStruct,
      Attributes attributes) {
    this.device = doors.device();
    this.addressSpace = addressSpace;
    this.task = task;
    this.self = self;
    this.calls = calls;
    this.sigStruct = sigStruct;
    TokenRequest wanted = TokenRequest.of(sigStruct, attributes);
    this.tokens = new TokenClient(source, doors.scheduler(), task, self, calls, wanted);
  }

  /**
   * Get a token and make the call; the task then still holds its core.
   *
   * @param base of the enclave's mapping
   * @param gotToken hears of each token
   * @param done hears the outcome: of INIT, or of TOKEN if there is none
   */
  public void start(RequestId request, long base, Runnable gotToken, Consumer<Outcome> done) {
    this.request = request;
    this.base = base;
    this.gotToken = gotToken;
    this.done = done;
    tokens.first(request, this::initWith);
  }

  private void initWith(Bytes token, CallResult got) {
    if (!got.isZero()) {
      done.accept(new Outcome(got, Phase.TOKEN, base));
      return;
    }
    gotToken.run();
    tries++;
    long call = calls.<Returned>expect(returned -> tried(returned.result()));
    SgxIoctl init = new SgxIoctl.InitWithToken(base, sigStruct, token);
    device.tell(new DeviceMessage.Ioctl(task, request, addressSpace, init, call, self));
  }

  private void tried(CallResult result) {
    if (TokenClient.isUseless(result) && tries < MOST_TRIES) {
      tokens.ask(request, this::initWith);
    } else {
      done.accept(new Outcome(result, Phase.INIT, base));
    }
  }
}
