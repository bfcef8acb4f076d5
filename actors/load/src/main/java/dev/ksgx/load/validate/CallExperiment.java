package dev.ksgx.load.validate;

import dev.ksgx.hardware.image.SampleEnclaves;
import dev.ksgx.hardware.program.EnclaveProgram;
import dev.ksgx.hardware.program.EnclaveStep;
import dev.ksgx.hardware.structure.Bytes;
import dev.ksgx.kernel.embed.SgxEnclave;
import dev.ksgx.kernel.embed.SgxKernel;
import dev.ksgx.kernel.embed.SimulatedKernel;
import dev.ksgx.load.run.RunControl;
import dev.ksgx.load.scenario.Scenario;
import dev.ksgx.protocol.message.CoreMessage;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Microbenchmarks on the core model: what a call into an enclave that does nothing takes, and what
 * each interrupt adds to a thread that computes inside, which is one AEX and one ERESUME where the
 * handler costs nothing.
 */
final class CallExperiment implements Experiment {
  private static final int CALLS = 2_000;
  private static final long WORK_CYCLES = 4_000_000_000L;

  @Override
  public Map<String, Double> measure(Scenario scenario, RunControl control) {
    double ghz = scenario.kernel().ghz();
    try (SimulatedKernel kernel = SgxKernel.simulated(scenario.kernel(), scenario.load().seed())) {
      SgxEnclave enclave = kernel.process().launch(SampleEnclaves.tiny());
      nanosOf(kernel, enclave, List.of());
      long begun = kernel.nowNanos();
      for (int i = 0; i < CALLS; i++) {
        nanosOf(kernel, enclave, List.of());
      }
      double ecallCycles = (kernel.nowNanos() - begun) * ghz / CALLS;
      Map<String, Double> figures = new LinkedHashMap<>();
      figures.put("ecall-cycles", ecallCycles);
      long exitsBefore = exits(kernel);
      double worked = nanosOf(kernel, enclave, List.of(new EnclaveStep.Compute(WORK_CYCLES))) * ghz;
      long exits = exits(kernel) - exitsBefore;
      if (exits > 0) {
        figures.put("aex-cycles", (worked - WORK_CYCLES - ecallCycles) / exits);
      }
      return figures;
    }
  }

  private static long nanosOf(SimulatedKernel kernel, SgxEnclave enclave, List<EnclaveStep> work) {
    long begun = kernel.nowNanos();
    enclave.enter(() -> program(work.iterator()));
    return kernel.nowNanos() - begun;
  }

  private static EnclaveProgram program(Iterator<EnclaveStep> work) {
    return previous -> work.hasNext() ? work.next() : new EnclaveStep.Exit(Bytes.zeros(0));
  }

  private static long exits(SimulatedKernel kernel) {
    return kernel.cores().stream().mapToLong(CoreMessage.Counters::exits).sum();
  }
}
