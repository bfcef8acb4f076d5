package dev.ksgx.kernel.process;

import akka.actor.typed.ActorRef;
import dev.ksgx.hardware.image.EnclaveImage;
import dev.ksgx.hardware.image.SignedEnclave;
import dev.ksgx.hardware.structure.Bytes;
import dev.ksgx.hardware.structure.Secs;
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
 * The system calls by which user space launches an enclave: mmap, CREATE, ADD_PAGE for each page of
 * the image, INIT, one after the other, as one task. Lives inside the actor that makes the calls
 * and owns {@code calls}.
 */
public final class LaunchSequence {
  /** The calls of a launch, in their order. */
  public enum Phase {
    MMAP,
    CREATE,
    ADD,
    /** Asking a launch daemon; no call of the driver. */
    TOKEN,
    INIT
  }

  /**
   * How a launch went.
   *
   * @param result of the last call made: zero if the enclave is initialised
   * @param phase the last call made, or {@code TOKEN} if it ended without a token
   * @param address base of the mapping; 0 if there is none
   */
  public record Outcome(CallResult result, Phase phase, long address) {}

  /** Hears when a phase is over. */
  @FunctionalInterface
  public interface PhaseListener {
    void phaseOver(Phase phase);
  }

  private final ActorRef<DeviceMessage.Request> device;
  private final ActorRef<AddressSpaceMessage.Request> addressSpace;
  private final TaskRef task;
  private final ActorRef<Reply> self;
  private final Calls calls;
  private final EnclaveImage image;
  private final SignedEnclave signed;
  private final boolean architectural;
  private PhaseListener listener = phase -> {};
  private TokenedInit tokens;
  private Bytes ownToken;
  private RequestId request;
  private Consumer<Outcome> done;
  private long base;

  /**
   * A launch on a booted kernel, with what its design wants of the program.
   *
   * @param source where the program gets tokens from; null if INIT needs none of it
   */
  public static LaunchSequence of(
      KernelMessage.Doors doors,
      KernelMessage.TokenSource source,
      ActorRef<AddressSpaceMessage.Request> addressSpace,
      TaskRef task,
      ActorRef<Reply> self,
      Calls calls,
      SignedEnclave signed) {
    LaunchSequence sequence =
        new LaunchSequence(doors.device(), addressSpace, task, self, calls, signed, false);
    if (source != null) {
      sequence.tokens =
          new TokenedInit(
              doors,
              source,
              addressSpace,
              task,
              self,
              calls,
              signed.sigStruct(),
              signed.image().attributes());
    }
    return sequence;
  }

  /**
   * @param self the actor that makes the calls
   * @param calls where its answers are waited for
   * @param architectural set by the kernel's own launch enclave alone
   */
  public LaunchSequence(
      ActorRef<DeviceMessage.Request> device,
      ActorRef<AddressSpaceMessage.Request> addressSpace,
      TaskRef task,
      ActorRef<Reply> self,
      Calls calls,
      SignedEnclave signed,
      boolean architectural) {
    this.device = device;
    this.addressSpace = addressSpace;
    this.task = task;
    this.self = self;
    this.calls = calls;
    this.image = signed.image();
    this.signed = signed;
    this.architectural = architectural;
  }

  /**
   * INIT gets that token, 304 bytes, and no other; null: it gets none. One that is not valid will
   * do where the hash MSRs hold the enclave's signer.
   */
  public LaunchSequence withToken(Bytes token) {
    ownToken = token;
    return this;
  }

  /** Tell {@code listener} at the end of each phase. */
  public LaunchSequence onPhase(PhaseListener listener) {
    this.listener = listener;
    return this;
  }

  /** Make the calls; {@code done} hears the outcome. The task then still holds its core. */
  public void start(RequestId request, Consumer<Outcome> done) {
    this.request = request;
    this.done = done;
    addressSpace.tell(
        new AddressSpaceMessage.Mmap(
            task, request, image.sizeBytes(), expect(Phase.MMAP, this::mapped), self));
  }

  private void mapped(CallResult result) {
    base = result.value();
    Secs secs =
        Secs.builder()
            .sizeBytes(image.sizeBytes())
            .baseAddress(base)
            .ssaFrameSize(image.ssaFrameSize())
            .miscSelect(image.miscSelect())
            .attributes(image.attributes())
            .build();
    ioctl(new SgxIoctl.Create(secs.bytes()), Phase.CREATE, created -> add(0));
  }

  private void add(int index) {
    if (index == image.pages().size()) {
      listener.phaseOver(Phase.ADD);
      if (tokens != null) {
        tokens.start(request, base, () -> listener.phaseOver(Phase.TOKEN), this::initialised);
      } else {
        init();
      }
      return;
    }
    EnclaveImage.Page page = image.pages().get(index);
    ioctl(
        new SgxIoctl.AddPage(
            base + page.offset(), page.content(), page.secInfo().bytes(), page.mrmask()),
        Phase.ADD,
        added -> add(index + 1));
  }

  private void init() {
    SgxIoctl init =
        ownToken == null
            ? new SgxIoctl.Init(base, signed.sigStruct(), architectural)
            : new SgxIoctl.InitWithToken(base, signed.sigStruct(), ownToken);
    ioctl(init, Phase.INIT, initialised -> done.accept(new Outcome(initialised, Phase.INIT, base)));
  }

  private void initialised(Outcome outcome) {
    if (outcome.result().isZero()) {
      listener.phaseOver(Phase.INIT);
    }
    done.accept(outcome);
  }

  private void ioctl(SgxIoctl ioctl, Phase phase, Consumer<CallResult> then) {
    device.tell(
        new DeviceMessage.Ioctl(task, request, addressSpace, ioctl, expect(phase, then), self));
  }

  private long expect(Phase phase, Consumer<CallResult> then) {
    return calls.<Returned>expect(
        returned -> {
          CallResult result = returned.result();
          boolean failed = phase == Phase.MMAP ? result.isErrno() : !result.isZero();
          if (failed) {
            done.accept(new Outcome(result, phase, base));
            return;
          }
          if (phase != Phase.ADD) {
            listener.phaseOver(phase);
          }
          then.accept(result);
        });
  }
}
