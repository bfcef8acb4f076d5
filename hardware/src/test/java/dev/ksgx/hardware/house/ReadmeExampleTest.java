package dev.ksgx.hardware.house;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ksgx.hardware.cpu.LogicalProcessor;
import dev.ksgx.hardware.cpu.Machine;
import dev.ksgx.hardware.cpu.MachineConfig;
import dev.ksgx.hardware.leaf.Encls;
import dev.ksgx.hardware.leaf.LeafInFlight;
import dev.ksgx.hardware.leaf.LeafResult;
import dev.ksgx.hardware.structure.Attributes;
import dev.ksgx.hardware.structure.Bytes;
import dev.ksgx.hardware.structure.SecInfo;
import dev.ksgx.hardware.structure.Secs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** The example of README.md, compiled and run. */
class ReadmeExampleTest {
  private static final Path ROOT =
      Path.of(System.getProperty("ksgx.root", "..")).resolve("hardware");

  @Test
  void exampleDoesWhatThePageSays() throws IOException {
    Machine machine = Machine.create(MachineConfig.builder().processors(4).build());
    LogicalProcessor cpu = machine.processor(0);
    long secsPage = machine.epc().addressOf(0);
    long page = machine.epc().addressOf(1);
    Secs secs =
        Secs.builder()
            .sizeBytes(0x4000)
            .baseAddress(0x7000_0000)
            .ssaFrameSize(1)
            .attributes(new Attributes(Attributes.MODE64BIT, Attributes.LEGACY_XFRM))
            .build();
    LeafResult created = cpu.run(Encls.ecreate(secsPage, secs.bytes()));

    SecInfo readWrite = SecInfo.reg(true, true, false);
    LeafInFlight adding =
        cpu.begin(Encls.eadd(page, secsPage, 0x7000_0000, readWrite, Bytes.zeros(4096)));
    LeafResult removed = machine.processor(1).run(Encls.eremove(page));
    adding.end(); // or abort()

    String readme = Files.readString(ROOT.resolve("README.md"));
    assertThat(readme).contains("`" + created.describe() + "`");
    assertThat(readme).contains("`" + removed.describe() + "`");
    assertThat(machine.epc().inspect(1).valid()).isTrue();
  }

  @Test
  void exampleOfThePageIsTheOneAbove() throws IOException {
    String readme = Files.readString(ROOT.resolve("README.md"));
    String example = readme.split("```java\n")[1].split("```")[0];
    String name = ReadmeExampleTest.class.getName().replace('.', '/');
    String source = Files.readString(ROOT.resolve("src/test/java").resolve(name + ".java"));
    assertThat(words(source)).contains(words(example));
  }

  /** Without line breaks and indentation, which the formatter owns. */
  private static String words(String text) {
    return String.join(" ", Arrays.asList(text.trim().split("\\s+")));
  }
}
