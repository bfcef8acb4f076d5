package dev.ksgx.kernel.enclave;

import dev.ksgx.hardware.epc.Epc;
import dev.ksgx.hardware.leaf.Encls;
import dev.ksgx.hardware.structure.Attributes;
import dev.ksgx.kernel.flow.Flow;
import dev.ksgx.protocol.abi.CallResult;
import dev.ksgx.protocol.abi.Errno;
import dev.ksgx.protocol.message.AddressSpaceMessage.FaultOutcome;
import dev.ksgx.protocol.message.Burst;
import dev.ksgx.protocol.message.EnclaveMessage;
import dev.ksgx.protocol.message.Step;
import dev.ksgx.protocol.message.StepResult;
import dev.ksgx.protocol.message.Work;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * A debugger's look at 8 bytes of the enclave (driver.md 1.7), under the mmap lock of the process:
 * the page is brought and set aside, so that it stays, for as long as EDBGRD and EDBGWR take. What
 * cannot be had at once is -EBUSY: whether to come again is the caller's affair.
 */
final class Debugging {
  private static final Burst BUSY = Burst.of(Step.software(Work.PAGE_FAULT));

  /** Bytes of a TCS that can be read. */
  private static final int TCS_LIMIT = 72;

  /** Where the word of a TCS is that can be written. */
  private static final int TCS_FLAGS = 8;

  private final EnclaveState enclave;
  private final Loading loading;

  Debugging(EnclaveState enclave, Loading loading) {
    this.enclave = enclave;
    this.loading = loading;
  }

  void run(EnclaveMessage.Debug ask, Consumer<EnclaveMessage.Debugged> then) {
    String refused = refusal();
    if (refused == null) {
      bring(ask, enclave.flow(ask.task(), ask.request()), then);
    } else {
      fail(ask, Errno.EFAULT, refused, then);
    }
  }

  /** mainline looks at DEBUG alone. */
  private String refusal() {
    if (!enclave.secs.attributes().has(Attributes.DEBUG)) {
      return "the enclave has no ATTRIBUTES.DEBUG";
    }
    if (enclave.services.config().preset().debugsByAttributeAlone()) {
      return null;
    }
    if (!enclave.initialized) {
      return "the enclave is not initialized";
    }
    return enclave.dead ? "the enclave is dead" : null;
  }

  private void bring(EnclaveMessage.Debug ask, Flow flow, Consumer<EnclaveMessage.Debugged> then) {
    enclave.lock.acquire(
        flow,
        () -> {
          Page page = enclave.pages.get(ask.address() & -Epc.PAGE_BYTES);
          if (page == null) {
            giveUp(ask, flow, Errno.EFAULT, "the enclave has no page there", then);
          } else if (page.reserved) {
            flow.run(BUSY, ran -> busy(ask, flow, then));
          } else if (page.isResident()) {
            access(ask, flow, page, then);
          } else {
            load(ask, flow, page, then);
          }
        });
  }

  /** Until it is set aside it stays under the lock: the swapper might take it again at once. */
  private void load(
      EnclaveMessage.Debug ask, Flow flow, Page page, Consumer<EnclaveMessage.Debugged> then) {
    loading.resolve(
        new EnclaveMessage.Fault(
            ask.task(), ask.request(), ask.addressSpace(), ask.address(), 0, null),
        flow,
        (outcome, why) -> {
          if (outcome != FaultOutcome.RETRY) {
            giveUp(ask, flow, Errno.EFAULT, why, then);
          } else if (page.isResident()) {
            access(ask, flow, page, then);
          } else {
            busy(ask, flow, then);
          }
        });
  }

  private void busy(EnclaveMessage.Debug ask, Flow flow, Consumer<EnclaveMessage.Debugged> then) {
    giveUp(ask, flow, Errno.EBUSY, "the page is not to be had now", then);
  }

  private void giveUp(
      EnclaveMessage.Debug ask,
      Flow flow,
      Errno errno,
      String check,
      Consumer<EnclaveMessage.Debugged> then) {
    enclave.lock.release(flow);
    fail(ask, errno, check, then);
  }

  /** v5 needs no lock for a page that nobody else may move; mainline holds it all the time. */
  private void access(
      EnclaveMessage.Debug ask, Flow flow, Page page, Consumer<EnclaveMessage.Debugged> then) {
    boolean locked = enclave.services.config().preset().debugsUnderLock();
    if (!locked && page.tcs && outOfBounds(ask)) {
      giveUp(ask, flow, Errno.ECANCELED, "TCS: below 72 to read, FLAGS alone to write", then);
      return;
    }
    page.reserved = true;
    if (!locked) {
      enclave.lock.release(flow);
    }
    flow.run(
        new Burst(steps(ask, page), false),
        ran -> {
          page.reserved = false;
          if (locked) {
            enclave.lock.release(flow);
          }
          StepResult.Leaf leaf = (StepResult.Leaf) ran.last();
          if (!leaf.result().isOk()) {
            Errno errno = enclave.services.config().preset().leafFault();
            fail(ask, errno, leaf.result().describe(), then);
          } else {
            long value = ask.value() == null ? leaf.rbx() : 0;
            then.accept(new EnclaveMessage.Debugged(ask.call(), value, CallResult.OK));
          }
        });
  }

  private static boolean outOfBounds(EnclaveMessage.Debug ask) {
    int offset = (int) (ask.address() % Epc.PAGE_BYTES);
    return ask.value() == null ? offset >= TCS_LIMIT : offset != TCS_FLAGS;
  }

  /** A write reads first, since it might be of fewer bytes. */
  private List<Step> steps(EnclaveMessage.Debug ask, Page page) {
    long physical = enclave.address(page.frame) + ask.address() % Epc.PAGE_BYTES;
    List<Step> steps = new ArrayList<>();
    steps.add(new Step.Encls(Encls.edbgrd(physical)));
    if (ask.value() != null) {
      steps.add(new Step.Encls(Encls.edbgwr(physical, ask.value())));
    }
    return steps;
  }

  private static void fail(
      EnclaveMessage.Debug ask, Errno errno, String check, Consumer<EnclaveMessage.Debugged> then) {
    CallResult result = CallResult.failed(errno, "ptrace: " + check);
    then.accept(new EnclaveMessage.Debugged(ask.call(), 0, result));
  }
}
