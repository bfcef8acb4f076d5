package dev.ksgx.kernel.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ksgx.hardware.cpu.MachineConfig;
import dev.ksgx.kernel.Rig;
import dev.ksgx.kernel.config.Bugs;
import dev.ksgx.kernel.config.KernelConfig;
import dev.ksgx.kernel.config.Preset;
import dev.ksgx.kernel.paging.HeapEnclave;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** A kernel at rest whose two enclaves do not fit the EPC, and a check that knows it so. */
final class TwoEnclaves implements AutoCloseable {
  final Rig rig;
  final Inspection inspection;
  final EnclaveView first;
  final EnclaveView second;
  private final Conservation conservation;
  private final boolean small;

  TwoEnclaves(int frames) {
    KernelConfig config =
        KernelConfig.preset(Preset.MAINLINE)
            .withBugs(Bugs.fixed())
            .withMachine(MachineConfig.builder().processors(2).epcBytes(4096L * frames).build());
    rig = Rig.checked(config);
    inspection = rig.inspection;
    for (int i = 0; i < 2; i++) {
      Rig.Process process = rig.process();
      rig.open(process);
      int heap = frames * 6 / 10;
      assertThat(rig.launch(process, HeapEnclave.of(1, heap)).result().isZero()).isTrue();
      rig.block(process.task());
    }
    rig.runUntil(() -> false).orThrow();
    List<EnclaveView> both = new ArrayList<>(inspection.enclaves());
    first = both.get(0);
    second = both.get(1);
    small = frames <= ConservationWatch.SMALL;
    conservation = new Conservation(inspection);
    assertThat(conservation.full(true)).isEmpty();
    assertThat(conservation.touched()).isEmpty();
  }

  @Override
  public void close() {
    rig.close();
  }

  /** What the check after a message says of books with {@code tampered} in them. */
  List<String> after(EnclaveView tampered, long... touchedPages) {
    inspection.opened(tampered);
    for (long address : touchedPages) {
      inspection.touched(tampered.number(), address);
    }
    return lines(small ? conservation.full(false) : conservation.touched());
  }

  /** As {@link #after}, of a pool. */
  List<String> after(PoolView tampered, int touchedFrame) {
    inspection.opened(tampered);
    return afterTouch(touchedFrame, first);
  }

  /** As {@link #after}, where a frame was touched and no page. */
  List<String> afterTouch(int frame, EnclaveView tampered) {
    inspection.touched(frame);
    return after(tampered);
  }

  /** What the check at the end says of it. */
  List<String> atEnd(EnclaveView tampered, boolean atRest) {
    inspection.opened(tampered);
    return lines(conservation.full(atRest));
  }

  static List<String> lines(List<Violation> found) {
    return found.stream().map(Violation::toString).toList();
  }

  static PageView any(EnclaveView enclave, Predicate<PageView> wanted) {
    List<PageView> found = new ArrayList<>();
    enclave.forEachPage(
        page -> {
          if (wanted.test(page)) {
            found.add(page);
          }
        });
    return found.get(0);
  }

  static PageView in(EnclaveView enclave) {
    return any(enclave, PageView::isResident);
  }

  static PageView out(EnclaveView enclave) {
    return any(enclave, page -> !page.isResident());
  }

  static VersionArrayView array(EnclaveView enclave) {
    List<VersionArrayView> found = new ArrayList<>();
    enclave.forEachVersionArray(found::add);
    return found.get(0);
  }

  static PageView frame(PageView page, int frame) {
    return new PageView(page.address(), frame, page.slot(), page.backed(), page.pending());
  }

  static PageView slot(PageView page, long slot) {
    return new PageView(page.address(), page.frame(), slot, page.backed(), page.pending());
  }

  static PageView backed(PageView page, boolean backed) {
    return new PageView(page.address(), page.frame(), page.slot(), backed, page.pending());
  }

  static PageView pending(PageView page) {
    return new PageView(page.address(), page.frame(), page.slot(), page.backed(), true);
  }

  static String name(EnclaveView enclave, PageView page) {
    return "page 0x%x of enclave %d".formatted(page.address(), enclave.number());
  }
}
