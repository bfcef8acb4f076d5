package dev.ksgx.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ksgx.hardware.image.SampleEnclaves;
import dev.ksgx.kernel.config.KernelConfig;
import dev.ksgx.kernel.config.Preset;
import dev.ksgx.kernel.config.PteTiming;
import dev.ksgx.runtime.probe.IntervalKind;
import dev.ksgx.runtime.probe.ProbeListener;
import dev.ksgx.runtime.probe.Resource;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A launch whose launch enclave has to be paged in first: the wait has a name of its own. */
class LePagingTest {
  private record Wait(String resource, long from, long to) {}

  /** Waits of the second launch at the launch enclave, in order. */
  private static List<Wait> waits(PteTiming pte) {
    KernelConfig config = KernelConfig.preset(Preset.V5);
    List<Wait> waits = new ArrayList<>();
    try (Rig rig = new Rig(config.withPaging(config.paging().withPte(pte)))) {
      Rig.Process process = rig.process();
      rig.open(process);
      rig.system().runToQuiescence().orThrow();
      rig.system()
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
                  boolean le =
                      resource.name().equals("le-paging")
                          || resource.name().equals("launch-enclave-reply");
                  if (le && kind == IntervalKind.WAITING && to > from) {
                    waits.add(new Wait(resource.name(), from, to));
                  }
                }
              });
      rig.launch(process, SampleEnclaves.tiny());
    }
    return waits;
  }

  @Test
  void whileTheLaunchEnclaveFaultsItsClientWaitsForThePagesAndThenForTheReplyAgain() {
    List<Wait> waits = waits(PteTiming.AT_FAULT);
    assertThat(waits).extracting(Wait::resource).contains("le-paging");
    assertThat(waits.get(0).resource()).isEqualTo("launch-enclave-reply");
    assertThat(waits.get(waits.size() - 1).resource()).isEqualTo("launch-enclave-reply");
    for (int i = 1; i < waits.size(); i++) {
      assertThat(waits.get(i).from()).as("no gap").isEqualTo(waits.get(i - 1).to());
      assertThat(waits.get(i).resource()).isNotEqualTo(waits.get(i - 1).resource());
    }
  }

  @Test
  void aLaunchEnclaveThatIsThereIsNotWaitedForUnderThatName() {
    assertThat(waits(PteTiming.AT_ADD))
        .extracting(Wait::resource)
        .containsExactly("launch-enclave-reply");
  }
}
