package dev.ksgx.load.workload.life;

import akka.actor.typed.ActorRef;
import dev.ksgx.hardware.structure.Secs;
import dev.ksgx.kernel.flow.Calls;
import dev.ksgx.kernel.process.TokenedInit;
import dev.ksgx.load.scenario.LifeGroup;
import dev.ksgx.protocol.abi.CallResult;
import dev.ksgx.protocol.abi.RequestId;
import dev.ksgx.protocol.abi.SgxIoctl;
import dev.ksgx.protocol.abi.TaskRef;
import dev.ksgx.protocol.message.AddressSpaceMessage;
import dev.ksgx.protocol.message.DeviceMessage;
import dev.ksgx.protocol.message.KernelMessage.Doors;
import dev.ksgx.protocol.message.KernelMessage.TokenSource;
import dev.ksgx.protocol.message.Reply;
import dev.ksgx.protocol.message.Returned;
import java.util.function.Consumer;

/**
 * The system calls that build an enclave of a {@link LifeImage}: mmap, CREATE, its pages one by one
 * or in ranges, INIT. Lives inside the actor that makes the calls.
 */
final class LifeBuild {
  private static final int PAGE = 4096;

  /**
   * Where the calls go, and who waits for the answers.
   *
   * @param tokens where the program gets tokens from; null if INIT needs none of it
   */
  record Caller(
      TaskRef task,
      Doors doors,
      TokenSource tokens,
      ActorRef<AddressSpaceMessage.Request> addressSpace,
      Calls calls,
      ActorRef<Reply> self) {}

  /** Hears how it went; the task then still holds its core. */
  interface Listener {
    /** Every page is added, or queued where adds are deferred. */
    void created();

    /** INIT succeeded. */
    void initialised(long base);

    /**
     * A call failed.
     *
     * @param base of the mapping; 0 if there is none
     */
    void failed(CallResult result, long base);
  }

  private final Caller caller;
  private final LifeImage image;
  private final int most;
  private final RequestId request;
  private final Listener listener;
  private long base;

  /**
   * @param adds how pages are added
   */
  LifeBuild(
      Caller caller, LifeImage image, LifeGroup.Adds adds, RequestId request, Listener listener) {
    this.caller = caller;
    this.image = image;
    this.most = adds == LifeGroup.Adds.RANGE ? LifeGroup.RANGE_PAGES : 1;
    this.request = request;
    this.listener = listener;
  }

  void start() {
    caller
        .addressSpace()
        .tell(
            new AddressSpaceMessage.Mmap(
                caller.task(),
                request,
                image.sizeBytes(),
                caller.calls().<Returned>expect(returned -> mapped(returned.result())),
                caller.self()));
  }

  private void mapped(CallResult result) {
    if (result.isErrno()) {
      listener.failed(result, 0);
      return;
    }
    base = result.value();
    Secs secs =
        Secs.builder()
            .sizeBytes(image.sizeBytes())
            .baseAddress(base)
            .ssaFrameSize(image.ssaFrameSize())
            .attributes(image.attributes())
            .build();
    ioctl(new SgxIoctl.Create(secs.bytes()), created -> add(0, 0));
  }

  private void add(int index, int done) {
    if (index == image.runs().size()) {
      listener.created();
      init();
      return;
    }
    LifeImage.Run run = image.runs().get(index);
    if (done == run.pages()) {
      add(index + 1, 0);
      return;
    }
    int pages = Math.min(most, run.pages() - done);
    ioctl(addition(run, done, pages), added -> add(index, done + pagesOf(added, pages)));
  }

  private void init() {
    if (caller.tokens() == null) {
      SgxIoctl init = new SgxIoctl.Init(base, image.sigStruct(), false);
      ioctl(init, initialised -> listener.initialised(base));
      return;
    }
    new TokenedInit(
            caller.doors(),
            caller.tokens(),
            caller.addressSpace(),
            caller.task(),
            caller.self(),
            caller.calls(),
            image.sigStruct(),
            image.attributes())
        .start(
            request,
            base,
            () -> {},
            outcome -> {
              if (outcome.result().isZero()) {
                listener.initialised(base);
              } else {
                listener.failed(outcome.result(), base);
              }
            });
  }

  private SgxIoctl addition(LifeImage.Run run, int first, int pages) {
    long address = base + run.offset() + (long) first * PAGE;
    return pages == 1
        ? new SgxIoctl.AddPage(address, run.content(), run.secInfo().bytes(), run.mrmask())
        : new SgxIoctl.AddPages(address, pages, run.content(), run.secInfo().bytes(), run.mrmask());
  }

  /** A range may end early; a page by itself has nothing to count. */
  private static int pagesOf(CallResult added, int asked) {
    return asked == 1 ? 1 : (int) (added.count() / PAGE);
  }

  private void ioctl(SgxIoctl ioctl, Consumer<CallResult> then) {
    long call =
        caller
            .calls()
            .<Returned>expect(
                returned -> {
                  if (returned.result().isZero()) {
                    then.accept(returned.result());
                  } else {
                    listener.failed(returned.result(), base);
                  }
                });
    caller
        .doors()
        .device()
        .tell(
            new DeviceMessage.Ioctl(
                caller.task(), request, caller.addressSpace(), ioctl, call, caller.self()));
  }
}
