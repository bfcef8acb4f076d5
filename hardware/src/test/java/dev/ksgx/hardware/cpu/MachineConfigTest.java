package dev.ksgx.hardware.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ksgx.hardware.structure.Bytes;
import org.junit.jupiter.api.Test;

/** What a machine may be made of. */
class MachineConfigTest {
  @Test
  void defaultIsAClientMachine() {
    Machine machine = Machine.create(MachineConfig.builder().build());
    assertThat(machine.processors()).isEqualTo(4);
    assertThat(machine.epc().frames()).isEqualTo(23936);
    assertThat(machine.processor(3).cpuid(0x12, 2).ecx()).isEqualTo(0x05d8_0001);
  }

  @Test
  void impossibleMachinesAreRefusedInOneLine() {
    assertThatThrownBy(() -> MachineConfig.builder().processors(0).build())
        .hasMessage("0 processors, expected 1..1023");
    assertThatThrownBy(() -> MachineConfig.builder().processors(1024).build())
        .hasMessage("1024 processors, expected 1..1023");
    assertThatThrownBy(() -> MachineConfig.builder().processors(3).threadsPerCore(2).build())
        .hasMessage("2 threads per core do not divide 3 processors");
    assertThatThrownBy(() -> MachineConfig.builder().launchHash(Bytes.zeros(31)))
        .hasMessage("launch hash: 31 bytes, expected 32");
    assertThatThrownBy(() -> MachineConfig.builder().deviceRoot(Bytes.zeros(15)))
        .hasMessage("device root: 15 bytes, expected 16");
    assertThatThrownBy(() -> MachineConfig.builder().basePk(Bytes.zeros(17)))
        .hasMessage("BASE_PK: 17 bytes, expected 16");
  }
}
