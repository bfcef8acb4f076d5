package dev.ksgx.kernel.paging;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ksgx.hardware.cpu.MachineConfig;
import dev.ksgx.hardware.image.SampleEnclaves;
import dev.ksgx.kernel.Rig;
import dev.ksgx.kernel.config.KernelConfig;
import dev.ksgx.kernel.config.LePages;
import dev.ksgx.kernel.config.Preset;
import dev.ksgx.runtime.probe.IntervalKind;
import dev.ksgx.runtime.probe.ProbeListener;
import dev.ksgx.runtime.probe.Resource;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The launch enclave's pages under pressure: ordinary pages, or pinned. */
class LePagesTest {
  private record Interval(String resource, IntervalKind kind, long from, long to) {}

  /** What was waited for and held in a launch after another enclave has filled the EPC. */
  private static List<Interval> launchUnderPressure(LePages lePages) {
    KernelConfig config = KernelConfig.preset(Preset.V5).withInterrupts(0, 0);
    config =
        config
            .withMachine(MachineConfig.builder().epcBytes(4096L * 128).build())
            .withPaging(config.paging().withLePages(lePages));
    List<Interval> intervals = new ArrayList<>();
    try (PagingRig paging = new PagingRig(config)) {
      Rig.Process process = paging.process();
      long base = paging.launch(process, HeapEnclave.of(1, 300));
      paging.visit(process, base, HeapEnclave.write(base, 1, 0, 300, 1));
      paging
          .rig
          .system()
          .probe()
          .addListener(
              new ProbeListener() {
                @Override
                public void interval(
                    long request,
                    IntervalKind kind,
                    Resource resource,
                    long holder,
                    long from,
                    long to) {
                  if (to > from) {
                    intervals.add(new Interval(resource.name(), kind, from, to));
                  }
                }
              });
      paging.launch(process, SampleEnclaves.tiny());
      paging.rig.system().runToQuiescence().orThrow();
    }
    return intervals;
  }

  private static List<Interval> of(List<Interval> all, String resource) {
    return all.stream().filter(interval -> interval.resource().equals(resource)).toList();
  }

  @Test
  void evictableATokenWaitsForThemWhileTheMutexIsHeld() {
    List<Interval> intervals = launchUnderPressure(LePages.EVICTABLE);
    List<Interval> paging = of(intervals, "le-paging");
    assertThat(paging).isNotEmpty();
    long reply =
        of(intervals, "launch-enclave-reply").stream().mapToLong(Interval::to).max().orElseThrow();
    assertThat(paging).as("before the token came").allMatch(wait -> wait.to() <= reply);
  }

  @Test
  void pinnedTheyNeverGo() {
    assertThat(of(launchUnderPressure(LePages.PINNED), "le-paging")).isEmpty();
  }
}
