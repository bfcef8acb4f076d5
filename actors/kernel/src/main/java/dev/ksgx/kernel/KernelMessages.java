package dev.ksgx.kernel;

import dev.ksgx.protocol.abi.CallResult;
import dev.ksgx.protocol.message.AddWorkerMessage;
import dev.ksgx.protocol.message.AddressSpaceMessage;
import dev.ksgx.protocol.message.CoreMessage;
import dev.ksgx.protocol.message.DeviceMessage;
import dev.ksgx.protocol.message.EnclaveMessage;
import dev.ksgx.protocol.message.EpcMessage;
import dev.ksgx.protocol.message.Executed;
import dev.ksgx.protocol.message.KernelMessage;
import dev.ksgx.protocol.message.LaunchControlMessage;
import dev.ksgx.protocol.message.LaunchProcessMessage;
import dev.ksgx.protocol.message.Returned;
import dev.ksgx.protocol.message.SchedulerMessage;
import dev.ksgx.protocol.message.SwapperMessage;
import dev.ksgx.runtime.record.FieldSink;
import dev.ksgx.runtime.record.MessageDescriber;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BiConsumer;

/**
 * Tells a recorder what the driver's messages are about: request, task, core, frame, result. Never
 * key material or page contents.
 */
public final class KernelMessages implements MessageDescriber {
  private static final Map<Class<?>, BiConsumer<Object, FieldSink>> KNOWN = new HashMap<>();

  private static <T> void know(Class<T> type, BiConsumer<T, FieldSink> describe) {
    KNOWN.put(type, (message, sink) -> describe.accept(type.cast(message), sink));
  }

  static {
    know(SchedulerMessage.Run.class, (m, s) -> task(s, m.request().value(), m.task().tid()));
    know(SchedulerMessage.Block.class, (m, s) -> s.field("task", m.task().tid()));
    know(SchedulerMessage.BlockInterruptibly.class, (m, s) -> s.field("task", m.task().tid()));
    know(SchedulerMessage.Exit.class, (m, s) -> s.field("task", m.task().tid()));
    know(SchedulerMessage.Signal.class, (m, s) -> s.field("task", m.task().tid()));
    know(SchedulerMessage.SignalHandled.class, (m, s) -> s.field("task", m.task().tid()));
    know(SchedulerMessage.Yielded.class, (m, s) -> s.field("core", m.core()));
    know(SchedulerMessage.CoreGone.class, (m, s) -> s.field("core", m.core()));
    know(
        CoreMessage.Execute.class,
        (m, s) -> {
          task(s, m.request().value(), m.task().tid());
          s.field("steps", m.burst().steps().size());
          if (s.takesDetails()) {
            Steps.describe(m.burst().steps(), s);
          }
        });
    know(
        Executed.class,
        (m, s) -> {
          s.field("task", m.task().tid());
          s.field("core", m.core());
          s.field("steps", m.results().size());
          if (s.takesDetails()) {
            Steps.describe(m, s);
          }
        });
    know(
        Returned.class,
        (m, s) -> {
          s.field("task", m.task().tid());
          result(s, m.result());
        });
    know(EpcMessage.Allocate.class, (m, s) -> task(s, m.request().value(), m.task().tid()));
    know(
        EpcMessage.Allocated.class,
        (m, s) -> {
          s.field("frame", m.frame());
          result(s, m.result());
        });
    know(
        EpcMessage.Free.class,
        (m, s) -> {
          for (int frame : m.frames()) {
            s.field("frame", frame);
          }
        });
    know(
        DeviceMessage.Ioctl.class,
        (m, s) -> {
          task(s, m.request().value(), m.task().tid());
          s.field("ioctl", m.ioctl().number());
        });
    know(DeviceMessage.Open.class, (m, s) -> task(s, m.request().value(), m.task().tid()));
    know(DeviceMessage.Close.class, (m, s) -> task(s, m.request().value(), m.task().tid()));
    know(DeviceMessage.CloseAll.class, (m, s) -> task(s, m.request().value(), m.task().tid()));
    know(
        AddressSpaceMessage.Mmap.class,
        (m, s) -> {
          task(s, m.request().value(), m.task().tid());
          s.field("bytes", m.bytes());
        });
    know(
        AddressSpaceMessage.Munmap.class,
        (m, s) -> {
          task(s, m.request().value(), m.task().tid());
          s.field("address", m.address());
        });
    know(
        AddressSpaceMessage.FindEnclave.class,
        (m, s) -> task(s, m.request().value(), m.task().tid()));
    know(AddressSpaceMessage.Bind.class, (m, s) -> task(s, m.request().value(), m.task().tid()));
    know(
        AddressSpaceMessage.LockRead.class, (m, s) -> task(s, m.request().value(), m.task().tid()));
    know(AddressSpaceMessage.UnlockRead.class, (m, s) -> s.field("task", m.task().tid()));
    know(
        AddressSpaceMessage.Peek.class,
        (m, s) -> {
          task(s, m.request().value(), m.task().tid());
          s.field("address", m.address());
        });
    know(
        AddressSpaceMessage.Poke.class,
        (m, s) -> {
          task(s, m.request().value(), m.task().tid());
          s.field("address", m.address());
        });
    know(
        AddressSpaceMessage.Fork.class,
        (m, s) -> {
          task(s, m.request().value(), m.task().tid());
          s.field("child", m.pid());
        });
    know(
        EnclaveMessage.Debug.class,
        (m, s) -> {
          task(s, m.request().value(), m.task().tid());
          s.field("address", m.address());
        });
    know(EnclaveMessage.Suspend.class, (m, s) -> task(s, m.request().value(), m.task().tid()));
    know(KernelMessage.Suspend.class, (m, s) -> s.request(m.request().value()));
    know(KernelMessage.PowerChanged.class, (m, s) -> result(s, m.result()));
    know(AddressSpaceMessage.Kill.class, (m, s) -> s.request(m.request().value()));
    know(AddressSpaceMessage.Exit.class, (m, s) -> task(s, m.request().value(), m.task().tid()));
    know(EnclaveMessage.Create.class, (m, s) -> task(s, m.request().value(), m.task().tid()));
    know(
        EnclaveMessage.AddPage.class,
        (m, s) -> {
          task(s, m.request().value(), m.task().tid());
          s.field("address", m.arguments().addr());
        });
    know(EnclaveMessage.Init.class, (m, s) -> task(s, m.request().value(), m.task().tid()));
    know(EnclaveMessage.Unmapped.class, (m, s) -> task(s, m.request().value(), m.task().tid()));
    know(EnclaveMessage.CallDone.class, (m, s) -> result(s, m.result()));
    know(
        EnclaveMessage.AddPages.class,
        (m, s) -> {
          task(s, m.request().value(), m.task().tid());
          s.field("address", m.arguments().addr());
        });
    know(AddWorkerMessage.Queue.class, (m, s) -> s.request(m.request().value()));
    know(AddWorkerMessage.Flush.class, (m, s) -> task(s, m.request().value(), m.task().tid()));
    know(
        LaunchControlMessage.GetToken.class,
        (m, s) -> task(s, m.request().value(), m.task().tid()));
    know(LaunchControlMessage.Open.class, (m, s) -> task(s, m.request().value(), m.task().tid()));
    know(LaunchControlMessage.Close.class, (m, s) -> task(s, m.request().value(), m.task().tid()));
    know(LaunchControlMessage.Token.class, (m, s) -> result(s, m.result()));
    know(LaunchControlMessage.Reloaded.class, (m, s) -> result(s, m.result()));
    know(LaunchProcessMessage.ToProcess.class, (m, s) -> s.request(m.request().value()));
    know(
        LaunchProcessMessage.SlotReady.class,
        (m, s) -> task(s, m.request().value(), m.thread().tid()));
    know(
        LaunchProcessMessage.SlotRead.class,
        (m, s) -> task(s, m.request().value(), m.thread().tid()));
    know(LaunchControlMessage.SlotReading.class, (m, s) -> s.field("task", m.task().tid()));
    know(LaunchControlMessage.SlotCopying.class, (m, s) -> s.field("task", m.task().tid()));
    know(LaunchControlMessage.SlotCopied.class, (m, s) -> s.field("task", m.task().tid()));
    know(
        LaunchControlMessage.SlotWritten.class,
        (m, s) -> {
          s.field("task", m.task().tid());
          s.field("result", m.result());
        });
  }

  static {
    know(
        AddressSpaceMessage.PageFault.class,
        (m, s) -> {
          task(s, m.request().value(), m.task().tid());
          s.field("address", m.address());
        });
    know(AddressSpaceMessage.FaultOver.class, (m, s) -> s.field("outcome", m.outcome().ordinal()));
    know(
        EnclaveMessage.Fault.class,
        (m, s) -> {
          task(s, m.request().value(), m.task().tid());
          s.field("address", m.address());
        });
    know(
        EnclaveMessage.Isolate.class,
        (m, s) -> {
          task(s, m.request().value(), m.task().tid());
          m.pages().forEach(page -> s.field("address", page));
        });
    know(
        EnclaveMessage.Isolated.class,
        (m, s) -> {
          s.field("looked", m.looked());
          s.field("isolated", m.isolated());
          m.young().forEach(page -> s.field("address", page));
        });
    know(
        EnclaveMessage.Evict.class,
        (m, s) -> {
          task(s, m.request().value(), m.task().tid());
          s.field("stage", m.stage().ordinal());
        });
    know(
        EnclaveMessage.Evicted.class,
        (m, s) -> {
          s.field("freed", m.freed());
          result(s, m.result());
        });
    know(SwapperMessage.Track.class, (m, s) -> s.field("address", m.address()));
    know(SwapperMessage.Reclaim.class, (m, s) -> task(s, m.request().value(), m.task().tid()));
    know(SwapperMessage.Reclaimed.class, (m, s) -> s.field("freed", m.freed()));
    know(
        SchedulerMessage.Shootdown.class,
        (m, s) -> m.pids().forEach(pid -> s.field("process", pid)));
    know(SchedulerMessage.Acknowledged.class, (m, s) -> s.field("cores", m.cores()));
  }

  @Override
  public boolean describe(Object message, FieldSink sink) {
    BiConsumer<Object, FieldSink> known = KNOWN.get(message.getClass());
    if (known == null) {
      return false;
    }
    known.accept(message, sink);
    return true;
  }

  private static void task(FieldSink sink, long request, int tid) {
    sink.request(request);
    sink.field("task", tid);
  }

  private static void result(FieldSink sink, CallResult result) {
    sink.field("result", result.value());
  }
}
