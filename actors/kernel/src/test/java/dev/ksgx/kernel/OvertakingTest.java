package dev.ksgx.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ksgx.hardware.image.SampleEnclaves;
import dev.ksgx.kernel.config.KernelConfig;
import dev.ksgx.kernel.config.Preset;
import dev.ksgx.protocol.abi.SgxIoctl;
import dev.ksgx.protocol.abi.TaskRef;
import dev.ksgx.protocol.message.AddressSpaceMessage;
import dev.ksgx.protocol.message.EnclaveMessage;
import dev.ksgx.protocol.message.Returned;
import dev.ksgx.runtime.virtual.VirtualOptions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A call and a munmap of its enclave queue behind one holder of the mmap lock: what the call's
 * section owes is out before the munmap begins.
 */
class OvertakingTest {
  enum Call {
    ADD_TO_AN_EMPTY_ENCLAVE,
    ADD_TO_A_LARGE_ENCLAVE,
    CREATE
  }

  @ParameterizedTest
  @EnumSource(Call.class)
  void aQueuedMunmapDoesNotOvertakeTheCallBeforeIt(Call kind) {
    List<Class<?>> heard = new ArrayList<>();
    VirtualOptions options =
        VirtualOptions.seed(1)
            .withSink((id, cause, from, to, sent, now, message) -> heard.add(message.getClass()));
    try (Rig rig = new Rig(KernelConfig.preset(Preset.V5), options)) {
      Rig.Process process = rig.process();
      rig.open(process);
      long base = base(rig, process, kind);
      rig.system().runToQuiescence().orThrow();
      TaskRef holder = rig.thread(process);
      rig.finish(
          rig.<AddressSpaceMessage.ReadLocked>ask(
              call ->
                  process
                      .space()
                      .tell(
                          new AddressSpaceMessage.LockRead(
                              holder, rig.newRequest(), call, rig.self()))));
      Rig.Process writer = new Rig.Process(rig.thread(process), process.space());
      Rig.Pending<Returned> blocker = rig.startMunmap(writer, base + (1L << 30), 4096);
      rig.runUntil(() -> waiters(rig) == 1);
      SgxIoctl call =
          kind == Call.CREATE
              ? new SgxIoctl.Create(Ioctls.secs(base))
              : Ioctls.page(base + 60L * 4096);
      Rig.Pending<Returned> pending = rig.startIoctl(process, process.task(), call);
      rig.runUntil(() -> waiters(rig) == 2);
      Rig.Process unmapper = new Rig.Process(rig.thread(process), process.space());
      Rig.Pending<Returned> munmap = rig.startMunmap(unmapper, base, 256L * 4096);
      rig.runUntil(() -> waiters(rig) == 3);
      assertThat(waiters(rig)).as("both stand behind the holder").isEqualTo(3);
      heard.clear();
      rig.inside(() -> process.space().tell(new AddressSpaceMessage.UnlockRead(holder)));
      rig.finish(blocker);
      rig.finish(pending);
      assertThat(rig.finish(munmap).result().isZero()).isTrue();
      Class<?> owed =
          kind == Call.CREATE
              ? AddressSpaceMessage.Bound.class
              : EnclaveMessage.TakeReference.class;
      assertThat(heard.indexOf(owed))
          .as("the enclave hears of the call first")
          .isBetween(0, heard.indexOf(EnclaveMessage.Unmapped.class) - 1);
      rig.exit(process);
      AtRest.checkEmpty(rig, kind.name());
    }
  }

  private static long base(Rig rig, Rig.Process process, Call kind) {
    return switch (kind) {
      case ADD_TO_AN_EMPTY_ENCLAVE -> {
        long base = rig.mmap(process, 128L * 4096).value();
        rig.ioctl(process, new SgxIoctl.Create(Ioctls.secs(base, 128L * 4096)));
        yield base;
      }
      case ADD_TO_A_LARGE_ENCLAVE -> Ioctls.added(rig, process, SampleEnclaves.pages(60));
      case CREATE -> rig.mmap(process, Ioctls.ELRANGE).value();
    };
  }

  private static int waiters(Rig rig) {
    return rig.system().probe().resources().stream()
        .filter(resource -> resource.group().equals("mmap-lock"))
        .mapToInt(resource -> resource.waiters().size())
        .max()
        .orElse(0);
  }
}
