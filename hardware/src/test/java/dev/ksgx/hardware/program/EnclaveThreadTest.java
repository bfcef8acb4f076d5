package dev.ksgx.hardware.program;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ksgx.hardware.leaf.Encls;
import dev.ksgx.hardware.structure.Attributes;
import dev.ksgx.hardware.structure.Bytes;
import dev.ksgx.hardware.structure.EinitToken;
import dev.ksgx.hardware.structure.KeyRequest;
import dev.ksgx.hardware.structure.Report;
import dev.ksgx.hardware.structure.SgxCode;
import dev.ksgx.hardware.structure.SigStruct;
import dev.ksgx.hardware.structure.TargetInfo;
import dev.ksgx.hardware.testkit.Rig;
import dev.ksgx.hardware.testkit.TestEnclave;
import dev.ksgx.hardware.testkit.TestLaunchEnclave;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Programs inside enclaves, step by step. */
class EnclaveThreadTest {
  private final Rig rig = Rig.everything();
  private final TestEnclave enclave = TestEnclave.launched(rig, 0);
  private final long data = enclave.base + TestEnclave.DATA;
  private final long operands = enclave.base + TestEnclave.OPERANDS;
  private final List<StepResult.Done> seen = new ArrayList<>();

  private EnclaveThread thread(EnclaveStep... steps) {
    Iterator<EnclaveStep> script = Arrays.asList(steps).iterator();
    return new EnclaveThread(
        previous -> {
          seen.add(previous);
          return script.next();
        });
  }

  @Test
  void stepsReadWhatStepsWroteAcrossPages() {
    Bytes text = Bytes.fromHex("00112233445566778899aabbccddeeff");
    EnclaveThread thread =
        thread(
            new EnclaveStep.Touch(data),
            new EnclaveStep.Write(data + 4090, text),
            new EnclaveStep.Read(data + 4090, 16),
            new EnclaveStep.Exit(text));
    enclave.enter();
    assertThat(thread.step(rig.cpu)).isEqualTo(StepResult.Done.NOTHING);
    assertThat(thread.step(rig.cpu)).isEqualTo(StepResult.Done.NOTHING);
    assertThat(thread.step(rig.cpu)).isEqualTo(StepResult.Done.of(text));
    assertThat(thread.step(rig.cpu)).isEqualTo(new StepResult.Exited(text));
    assertThat(rig.cpu.inEnclave()).isFalse();
    assertThat(seen)
        .containsExactly(
            null, StepResult.Done.NOTHING, StepResult.Done.NOTHING, StepResult.Done.of(text));
  }

  @Test
  void touchesThatStoreNeedPermissionToWriteAndLeaveTheContentsShared() {
    int frame = enclave.frame(TestEnclave.DATA);
    Bytes before = dev.ksgx.hardware.epc.FrameContents.of(rig.epcm, frame).page();
    EnclaveThread thread =
        thread(
            new EnclaveStep.Touch(data, true, 100),
            new EnclaveStep.Touch(enclave.base + TestEnclave.CODE),
            new EnclaveStep.Touch(enclave.base + TestEnclave.CODE, true, 0));
    enclave.enter();
    assertThat(thread.step(rig.cpu)).isEqualTo(StepResult.Done.NOTHING);
    assertThat(dev.ksgx.hardware.epc.FrameContents.of(rig.epcm, frame).page())
        .as("no copy of its own")
        .isSameAs(before);
    assertThat(thread.step(rig.cpu)).isEqualTo(StepResult.Done.NOTHING);
    StepResult.Fault fault = (StepResult.Fault) thread.step(rig.cpu);
    assertThat(fault.check()).isEqualTo("the page permits the access");
    assertThat(fault.errorCode() & 0x8002).as("SGX, write").isEqualTo(0x8002);
  }

  @Test
  void anAccessToAPageThatIsUnmappedAndBlockedMeanwhileFindsItNotPresent() {
    int frame = enclave.frame(TestEnclave.DATA);
    long[] walks = new long[1];
    dev.ksgx.hardware.leaf.Translation racing =
        linear -> {
          if (linear == data && walks[0]++ == 0) {
            long physical = rig.page(frame);
            assertThat(rig.other.run(dev.ksgx.hardware.leaf.Encls.eblock(physical)).isOk())
                .isTrue();
            enclave.unmap(TestEnclave.DATA);
            return physical;
          }
          return enclave.pageTables().translate(linear);
        };
    assertThat(rig.cpu.eenter(enclave.base + TestEnclave.TCS, TestEnclave.AEP, racing).isOk())
        .isTrue();
    StepResult.Fault fault = (StepResult.Fault) thread(new EnclaveStep.Touch(data)).step(rig.cpu);
    assertThat(fault.check()).isEqualTo("the page is present");
    assertThat(fault.errorCode() & 0x8000).isZero();
  }

  @Test
  void anAbandonedThreadExitsWithoutAValueWhateverItWanted() {
    EnclaveThread thread = thread(new EnclaveStep.Compute(1234));
    thread.pending();
    thread.interrupt(77);
    thread.abandon("why");
    assertThat(thread.takeUnfinishedCycles()).isZero();
    enclave.enter();
    assertThat(thread.step(rig.cpu)).isEqualTo(new StepResult.Exited(Bytes.zeros(0)));
    assertThat(thread.fault()).isEqualTo("why");
  }

  @Test
  void pendingStepCanBeSeenBeforeItIsIssued() {
    EnclaveThread thread = thread(new EnclaveStep.Compute(1234), new EnclaveStep.Touch(data));
    assertThat(thread.pending()).isEqualTo(new EnclaveStep.Compute(1234));
    enclave.enter();
    assertThat(thread.step(rig.cpu)).isEqualTo(StepResult.Done.NOTHING);
    assertThat(thread.pending()).isEqualTo(new EnclaveStep.Touch(data));
  }

  @Test
  void faultedStepIsIssuedAgainAfterTheFaultWasResolved() {
    EnclaveThread thread = thread(new EnclaveStep.Read(data, 4), new EnclaveStep.Touch(data));
    int frame = enclave.frame(TestEnclave.DATA);
    enclave.unmap(TestEnclave.DATA);
    enclave.enter();
    StepResult.Fault fault = (StepResult.Fault) thread.step(rig.cpu);
    assertThat(fault.vector()).isEqualTo(14);
    assertThat(fault.address()).isEqualTo(data);
    assertThat(seen).hasSize(1);
    rig.cpu.aex(fault.vector(), fault.errorCode(), fault.address());
    enclave.map(TestEnclave.DATA, frame);
    assertThat(enclave.eresume(rig.other).isOk()).as("on another processor").isTrue();
    assertThat(thread.step(rig.other)).isEqualTo(StepResult.Done.of(Bytes.zeros(4)));
    assertThat(seen).as("the program never learns of the fault").hasSize(1);
  }

  @Test
  void writeThatFaultsInItsSecondPageIsWholeAfterwards() {
    Bytes text = Bytes.fromHex("0123456789abcdef");
    EnclaveThread thread =
        thread(new EnclaveStep.Write(data + 4092, text), new EnclaveStep.Read(data + 4092, 8));
    int frame = enclave.frame(TestEnclave.OPERANDS);
    enclave.unmap(TestEnclave.OPERANDS);
    enclave.enter();
    StepResult.Fault fault = (StepResult.Fault) thread.step(rig.cpu);
    assertThat(fault.address()).isEqualTo(operands);
    rig.cpu.aex(14, fault.errorCode(), fault.address());
    enclave.map(TestEnclave.OPERANDS, frame);
    enclave.eresume(rig.cpu);
    thread.step(rig.cpu);
    assertThat(thread.step(rig.cpu)).isEqualTo(StepResult.Done.of(text));
  }

  @Test
  void enclaveInstructionsFaultAndAreIssuedAgainToo() {
    KeyRequest seal = KeyRequest.builder().keyName(KeyRequest.SEAL).build();
    EnclaveThread thread = thread(new EnclaveStep.GetKey(seal, operands));
    int frame = enclave.frame(TestEnclave.OPERANDS);
    enclave.unmap(TestEnclave.OPERANDS);
    enclave.enter();
    assertThat(thread.step(rig.cpu)).isInstanceOf(StepResult.Fault.class);
    enclave.map(TestEnclave.OPERANDS, frame);
    StepResult.Done key = (StepResult.Done) thread.step(rig.cpu);
    assertThat(key.value().length()).isEqualTo(16);
    assertThat(key.code()).isZero();
  }

  @Test
  void refusedKeyIsACodeAndNotAFault() {
    KeyRequest launchKey = KeyRequest.builder().keyName(KeyRequest.EINITTOKEN).build();
    EnclaveThread thread = thread(new EnclaveStep.GetKey(launchKey, operands));
    enclave.enter();
    assertThat(thread.step(rig.cpu))
        .isEqualTo(new StepResult.Done(Bytes.zeros(0), SgxCode.INVALID_ATTRIBUTE));
  }

  @Test
  void reportStepGivesAReportOfTheEnclave() {
    Bytes reportData = Bytes.fromHex("5a".repeat(64));
    EnclaveThread thread =
        thread(new EnclaveStep.MakeReport(TargetInfo.builder().build(), reportData, operands));
    enclave.enter();
    Report report = Report.parse(((StepResult.Done) thread.step(rig.cpu)).value());
    assertThat(report.mrenclave()).isEqualTo(rig.epcm.secs(0).image().mrenclave());
    assertThat(report.reportData()).isEqualTo(reportData);
  }

  @Test
  void operandsOfInstructionsOutsideElrangeAreGeneralProtectionFaults() {
    KeyRequest seal = KeyRequest.builder().keyName(KeyRequest.SEAL).build();
    long outside = 0x40_0000;
    enclave.mapAddress(outside, rig.outsideEpc());
    EnclaveThread thread = thread(new EnclaveStep.GetKey(seal, outside));
    enclave.enter();
    StepResult.Fault fault = (StepResult.Fault) thread.step(rig.cpu);
    assertThat(fault.vector()).isEqualTo(13);
    assertThat(fault.check()).contains("in ELRANGE");
  }

  @Test
  void threadRunsInsideOnly() {
    EnclaveThread thread = thread(new EnclaveStep.Compute(1));
    assertThatThrownBy(() -> thread.step(rig.cpu)).isInstanceOf(IllegalStateException.class);
  }

  /** The whole of launch control: a token made by a program in one enclave launches another. */
  @Test
  void launchEnclaveProgramMakesATokenThatEinitAcceptsOnAnotherProcessor() {
    TestEnclave wanted =
        TestEnclave.built(
            rig, 20, Rig.secs(Attributes.MODE64BIT | Attributes.PROVISIONKEY).build());
    SigStruct sig = wanted.sig();
    EinitToken token = new TestLaunchEnclave(rig, 40).token(rig.cpu, wanted, sig);
    TestEnclave.setHash(rig.other, TestLaunchEnclave.SIGNER);
    assertThat(rig.other.run(Encls.einit(rig.page(20), sig, token)).describe())
        .isEqualTo("EINIT: done");
  }
}
