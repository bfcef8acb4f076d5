package dev.ksgx.hardware.program;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ksgx.hardware.cpu.LogicalProcessor;
import dev.ksgx.hardware.cpu.Machine;
import dev.ksgx.hardware.cpu.MachineConfig;
import dev.ksgx.hardware.epc.SecsState;
import dev.ksgx.hardware.image.EnclaveImage;
import dev.ksgx.hardware.image.ModelKeys;
import dev.ksgx.hardware.image.SampleEnclaves;
import dev.ksgx.hardware.image.SignedEnclave;
import dev.ksgx.hardware.leaf.Encls;
import dev.ksgx.hardware.leaf.LeafResult;
import dev.ksgx.hardware.leaf.Translation;
import dev.ksgx.hardware.structure.EinitToken;
import dev.ksgx.hardware.structure.Secs;
import dev.ksgx.hardware.testkit.TestEnclave;
import dev.ksgx.hardware.testkit.TokenProgram;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** The sample enclaves on a client machine whose MSRs hold the hash of the model's launch key. */
class SampleEnclaveTest {
  private static final EinitToken NO_TOKEN = EinitToken.builder().build();
  private static final long LE_OPERANDS = 0x4000;

  private final Machine machine =
      Machine.create(
          MachineConfig.builder().launchHash(ModelKeys.launchEnclave().mrsigner()).build());
  private final LogicalProcessor cpu = machine.processor(0);
  private final Map<Long, Long> pageTable = new TreeMap<>();
  private int nextFrame;

  @Test
  void eachSampleLaunchesByATokenOfTheSampleLaunchEnclave() {
    SignedEnclave le = SampleEnclaves.launchEnclave();
    int leSecs = load(le);
    assertThat(einit(leSecs, le, NO_TOKEN).describe()).isEqualTo("EINIT: done");
    List<SignedEnclave> samples =
        List.of(
            SampleEnclaves.tiny(),
            SampleEnclaves.tiny(1),
            SampleEnclaves.pages(30),
            SampleEnclaves.seventyFivePages());
    for (SignedEnclave sample : samples) {
      int secs = load(sample);
      assertThat(einit(secs, sample, NO_TOKEN).step()).as("without a token").isEqualTo(15);
      EinitToken token = token(leSecs, sample);
      assertThat(einit(secs, sample, token).describe()).isEqualTo("EINIT: done");
    }
    assertThat(machine.conflicts()).isZero();
  }

  /** Loads page by page with the compound step; the frame of the SECS. */
  private int load(SignedEnclave enclave) {
    EnclaveImage image = enclave.image();
    int secsFrame = nextFrame++;
    long base = base(secsFrame, image.sizeBytes());
    Secs secs =
        Secs.builder()
            .sizeBytes(image.sizeBytes())
            .baseAddress(base)
            .ssaFrameSize(image.ssaFrameSize())
            .miscSelect(image.miscSelect())
            .attributes(image.attributes())
            .build();
    done(cpu.run(Encls.ecreate(page(secsFrame), secs.bytes())));
    for (EnclaveImage.Page p : image.pages()) {
      long linear = base + p.offset();
      int frame = nextFrame++;
      done(
          cpu.run(
              Encls.addPage(
                  page(frame), page(secsFrame), linear, p.secInfo(), p.content(), p.mrmask())));
      pageTable.put(linear, page(frame));
    }
    return secsFrame;
  }

  private EinitToken token(int leSecs, SignedEnclave wanted) {
    SecsState le = machine.epc().epcm().secs(leSecs);
    EinitToken body =
        EinitToken.builder()
            .attributes(wanted.image().attributes())
            .mrenclave(wanted.sigStruct().enclaveHash())
            .mrsigner(wanted.sigStruct().mrsigner())
            .build();
    EnclaveThread thread =
        new EnclaveThread(new TokenProgram(le.baseAddress() + LE_OPERANDS, body));
    done(cpu.eenter(le.baseAddress(), TestEnclave.AEP, this::translate));
    while (true) {
      if (thread.step(cpu) instanceof StepResult.Exited exited) {
        return EinitToken.parse(exited.value());
      }
    }
  }

  private LeafResult einit(int secsFrame, SignedEnclave enclave, EinitToken token) {
    return cpu.run(Encls.einit(page(secsFrame), enclave.sigStruct(), token));
  }

  private long translate(long linear) {
    Long page = pageTable.get(linear & -4096);
    return page == null ? Translation.NOT_PRESENT : page + (linear & 4095);
  }

  private static void done(LeafResult result) {
    assertThat(result.describe()).isEqualTo(result.leaf() + ": done");
  }

  private static long base(int frame, long size) {
    return 0x10_0000_0000L + frame * 0x1000_0000L & -size;
  }

  private long page(int frame) {
    return machine.epc().addressOf(frame);
  }
}
