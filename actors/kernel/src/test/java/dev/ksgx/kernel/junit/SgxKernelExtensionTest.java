package dev.ksgx.kernel.junit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ksgx.hardware.cpu.MachineConfig;
import dev.ksgx.hardware.image.SampleEnclaves;
import dev.ksgx.kernel.config.KernelConfig;
import dev.ksgx.kernel.config.Preset;
import dev.ksgx.kernel.embed.SgxException;
import dev.ksgx.kernel.embed.SgxKernel;
import dev.ksgx.kernel.embed.SgxProcess;
import dev.ksgx.kernel.embed.SimulatedKernel;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.Event;

/** The extension as embedders' tests see it: which it passes, and which it fails with what. */
class SgxKernelExtensionTest {
  private static final KernelConfig QUIET = KernelConfig.preset(Preset.V5).withInterrupts(0, 0);

  /** What the tests of the class failed with; empty for one that passed. */
  private static List<String> failuresOf(Class<?> tests) {
    return EngineTestKit.engine("junit-jupiter")
        .selectors(DiscoverySelectors.selectClass(tests))
        .execute()
        .testEvents()
        .finished()
        .stream()
        .map(Event::getPayload)
        .map(payload -> (TestExecutionResult) payload.orElseThrow())
        .map(result -> result.getThrowable().map(Throwable::toString).orElse(""))
        .toList();
  }

  static class GivesEachTestAKernelOfItsOwn {
    static final Set<Integer> KERNELS = new ConcurrentSkipListSet<>();

    @RegisterExtension static final SgxKernelExtension SGX = SgxKernelExtension.live();

    @BeforeEach
    void prepare(SgxKernel kernel) {
      assertThat(kernel.launchEnclave().coldStarts()).isZero();
      KERNELS.add(System.identityHashCode(kernel));
    }

    @Test
    void one(SgxKernel kernel, SgxProcess first, SgxProcess second) {
      KERNELS.add(System.identityHashCode(kernel));
      first.launch(SampleEnclaves.tiny());
      assertThat(first.pid()).isNotEqualTo(second.pid());
    }

    @Test
    void other(SgxProcess process) {
      process.launch(SampleEnclaves.tiny());
    }
  }

  @Test
  void eachTestHasAKernelOfItsOwnAndItsParametersShareIt() {
    GivesEachTestAKernelOfItsOwn.KERNELS.clear();
    assertThat(failuresOf(GivesEachTestAKernelOfItsOwn.class)).containsExactly("", "");
    assertThat(GivesEachTestAKernelOfItsOwn.KERNELS).hasSize(2);
  }

  static class LeavesACallOpen {
    @RegisterExtension static final SgxKernelExtension SGX = SgxKernelExtension.simulated(1);

    @Test
    void test(SgxProcess process) {
      process.async().launch(SampleEnclaves.tiny());
    }
  }

  @Test
  void aCallLeftOpenFailsTheTest() {
    assertThat(failuresOf(LeavesACallOpen.class))
        .singleElement()
        .asString()
        .contains("AssertionError")
        .contains("the test left 1 calls open");
  }

  static class InjectsAConflict {
    @RegisterExtension
    static final SgxKernelExtension SGX =
        SgxKernelExtension.simulated(1)
            .with(QUIET.withMachine(MachineConfig.builder().processors(1).build()));

    @Test
    void test(SimulatedKernel kernel, SgxProcess process) {
      process.open();
      kernel.advance(java.time.Duration.ofMillis(5));
      kernel.faults().failNextLeaf(0);
      org.assertj.core.api.Assertions.assertThatThrownBy(
              () -> process.launch(SampleEnclaves.tiny()))
          .isInstanceOf(SgxException.class);
    }
  }

  @Test
  void aConflictThatTheTestInjectedIsNoFailure() {
    assertThat(failuresOf(InjectsAConflict.class)).containsExactly("");
  }

  static class LosesAFrame {
    @RegisterExtension
    static final SgxKernelExtension SGX =
        SgxKernelExtension.simulated(1)
            .with(QUIET.withMachine(MachineConfig.builder().processors(1).build()));

    @Test
    void test(SimulatedKernel kernel, SgxProcess process) {
      var enclave = process.launch(SampleEnclaves.tiny());
      kernel.faults().failNextLeaf(0);
      enclave.close(); // an EREMOVE meets the conflict: its frame is lost, and the SECS has a child
    }
  }

  @Test
  void aFrameThatDoesNotComeBackFailsTheTest() {
    assertThat(failuresOf(LosesAFrame.class))
        .singleElement()
        .asString()
        .contains("2 of 23936 frames are not free");
  }

  static class FailsItself {
    @RegisterExtension static final SgxKernelExtension SGX = SgxKernelExtension.simulated(1);

    @Test
    void test(SgxProcess process) {
      process.async().launch(SampleEnclaves.tiny());
      throw new IllegalStateException("the test's own failure");
    }
  }

  @Test
  void aTestThatFailedKeepsItsOwnFailure() {
    assertThat(failuresOf(FailsItself.class))
        .singleElement()
        .asString()
        .contains("the test's own failure")
        .doesNotContain("open");
  }

  static class AsksForVirtualTimeOfALiveKernel {
    @RegisterExtension static final SgxKernelExtension SGX = SgxKernelExtension.live();

    @Test
    void test(SimulatedKernel kernel) {}
  }

  @Test
  void aLiveKernelIsNotASimulatedOne() {
    assertThat(failuresOf(AsksForVirtualTimeOfALiveKernel.class))
        .singleElement()
        .asString()
        .contains("ParameterResolutionException");
  }
}
