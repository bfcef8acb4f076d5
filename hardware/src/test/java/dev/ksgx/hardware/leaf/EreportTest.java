package dev.ksgx.hardware.leaf;

import static dev.ksgx.hardware.testkit.Rig.assertGp;
import static dev.ksgx.hardware.testkit.Rig.assertPf;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ksgx.hardware.crypto.Cmac;
import dev.ksgx.hardware.image.ModelKeys;
import dev.ksgx.hardware.launch.Signer;
import dev.ksgx.hardware.structure.Attributes;
import dev.ksgx.hardware.structure.Bytes;
import dev.ksgx.hardware.structure.KeyRequest;
import dev.ksgx.hardware.structure.Report;
import dev.ksgx.hardware.structure.Secs;
import dev.ksgx.hardware.structure.TargetInfo;
import dev.ksgx.hardware.testkit.Rig;
import dev.ksgx.hardware.testkit.TestEnclave;
import org.junit.jupiter.api.Test;

/** EREPORT, isa.md 3.4, and the round trip: the target verifies the report by EGETKEY. */
class EreportTest {
  private static final Bytes DATA = Bytes.fromHex("c0ffee" + "11".repeat(61));
  private static final Bytes CONFIG = Bytes.fromHex("77".repeat(64));
  private static final Bytes FAMILY = Bytes.fromHex("88".repeat(16));
  private static final Bytes EXT_PROD = Bytes.fromHex("99".repeat(16));

  private final Rig rig = Rig.everything();
  private final TestEnclave reporter = reporter();
  private final TestEnclave target =
      TestEnclave.launched(rig, 20, Rig.secs().baseAddress(0).build());
  private final long operands = reporter.base + TestEnclave.OPERANDS;

  private TestEnclave reporter() {
    Secs secs =
        Rig.secs(Attributes.MODE64BIT | Attributes.KSS)
            .configId(CONFIG)
            .configSvn(4)
            .miscSelect(1)
            .build();
    TestEnclave enclave = TestEnclave.built(rig, 0, secs);
    enclave.launch(
        Signer.sign(
            enclave.sigBody().isvFamilyId(FAMILY).isvExtProdId(EXT_PROD), ModelKeys.signer(1)));
    return enclave;
  }

  @Test
  void gateWantsAProcessorInsideAnEnclave() {
    assertGp(rig.cpu.ereport(operands, operands + 512, operands + 1024), 0);
  }

  @Test
  void step1TargetInfoIsAlignedInElrangeAndReadable() {
    reporter.enter();
    assertGp(rig.cpu.ereport(operands + 256, operands + 512, operands + 1024), 1);
    assertGp(rig.cpu.ereport(reporter.base - 512, operands + 512, operands + 1024), 1);
    assertPf(rig.cpu.ereport(reporter.base, operands, operands), 1, reporter.base);
  }

  @Test
  void step2ReportDataIsAlignedInElrangeAndReadable() {
    reporter.enter();
    assertGp(rig.cpu.ereport(operands, operands + 64, operands + 1024), 2);
    assertGp(rig.cpu.ereport(operands, reporter.base + Rig.SIZE, operands + 1024), 2);
    assertPf(rig.cpu.ereport(operands, reporter.base, operands), 2, reporter.base);
  }

  @Test
  void step3OutputIsAlignedInElrangeAndWritable() {
    reporter.enter();
    long code = reporter.base + TestEnclave.CODE;
    assertGp(rig.cpu.ereport(operands, operands + 512, operands + 1024 + 128), 3);
    assertPf(rig.cpu.ereport(operands, operands + 512, code), 3, code);
  }

  @Test
  void pagesThatAreUnmappedAfterTheChecksAreUsedAllTheSame() {
    Translation tables = reporter.pageTables();
    int[] looks = new int[1];
    Translation vanishing =
        linear -> {
          boolean operand = linear >= operands && linear < operands + 4096;
          return operand && ++looks[0] > 3 ? Translation.NOT_PRESENT : tables.translate(linear);
        };
    long tcs = reporter.base + TestEnclave.TCS;
    assertThat(rig.cpu.eenter(tcs, TestEnclave.AEP, vanishing).isOk()).isTrue();
    assertThat(rig.cpu.ereport(operands, operands + 512, operands + 1024).isOk()).isTrue();
    assertThat(looks[0]).as("each operand is translated once").isEqualTo(3);
  }

  @Test
  void effectReportsTheIdentityOfTheActiveEnclave() {
    Report report = report(targetInfo());
    Secs secs = rig.epcm.secs(0).image();
    assertThat(report.mrenclave()).isEqualTo(secs.mrenclave());
    assertThat(report.mrsigner()).isEqualTo(ModelKeys.signer(1).mrsigner());
    assertThat(report.attributes()).isEqualTo(secs.attributes());
    assertThat(report.attributes().has(Attributes.INIT)).isTrue();
    assertThat(report.miscSelect()).isEqualTo(1);
    assertThat(report.isvProdId()).isEqualTo(7);
    assertThat(report.isvSvn()).isEqualTo(3);
    assertThat(report.configId()).isEqualTo(CONFIG);
    assertThat(report.configSvn()).isEqualTo(4);
    assertThat(report.isvFamilyId()).isEqualTo(FAMILY);
    assertThat(report.isvExtProdId()).isEqualTo(EXT_PROD);
    assertThat(report.reportData()).isEqualTo(DATA);
    assertThat(report.cpuSvn()).isEqualTo(rig.machine.config().cpuSvn());
    assertThat(report.keyId()).isEqualTo(rig.machine.config().reportKeyId());
  }

  @Test
  void targetVerifiesTheReport() {
    Report report = report(targetInfo());
    Bytes key = reportKey(target, report.keyId());
    assertThat(Cmac.aesCmac(key, report.bytes().slice(0, 384))).isEqualTo(report.mac());
  }

  @Test
  void anotherEnclaveThanTheTargetCannotVerify() {
    Report report = report(targetInfo());
    Bytes key = reportKey(reporter, report.keyId());
    assertThat(Cmac.aesCmac(key, report.macInput())).isNotEqualTo(report.mac());
  }

  @Test
  void macCoversEachBitOfTheBody() {
    Report report = report(targetInfo());
    Bytes key = reportKey(target, report.keyId());
    for (int offset : new int[] {0, 16, 48, 64, 128, 256, 258, 320, 383}) {
      Bytes changed = report.bytes().withFlippedBit(offset, 0);
      assertThat(Cmac.aesCmac(key, Report.parse(changed).macInput())).isNotEqualTo(report.mac());
    }
  }

  @Test
  void everyFieldOfTargetInfoNamesTheTarget() {
    TargetInfo info = targetInfo();
    Bytes mac = report(info).mac();
    Attributes attributes = info.attributes();
    assertThat(report(info.toBuilder().measurement(Bytes.zeros(32)).build()).mac())
        .isNotEqualTo(mac);
    assertThat(
            report(
                    info.toBuilder()
                        .attributes(new Attributes(attributes.flags() ^ 2, attributes.xfrm()))
                        .build())
                .mac())
        .isNotEqualTo(mac);
    assertThat(report(info.toBuilder().miscSelect(1).build()).mac()).isNotEqualTo(mac);
    assertThat(report(info.toBuilder().configId(CONFIG).build()).mac()).isNotEqualTo(mac);
    assertThat(report(info.toBuilder().configSvn(1).build()).mac()).isNotEqualTo(mac);
  }

  @Test
  void reservedBytesOfTargetInfoAreNotLookedAt() {
    Bytes junk = targetInfo().bytes().withFlippedBit(128, 0).withFlippedBit(511, 7);
    assertThat(report(TargetInfo.parse(junk)).mac()).isEqualTo(report(targetInfo()).mac());
  }

  private TargetInfo targetInfo() {
    Secs secs = rig.epcm.secs(20).image();
    return TargetInfo.builder()
        .measurement(secs.mrenclave())
        .attributes(secs.attributes())
        .miscSelect(secs.miscSelect())
        .build();
  }

  private Report report(TargetInfo info) {
    reporter.enter();
    rig.cpu.store(operands, info.bytes());
    rig.cpu.store(operands + 512, DATA);
    assertThat(rig.cpu.ereport(operands, operands + 512, operands + 1024).describe())
        .isEqualTo("EREPORT: done");
    Bytes bytes = rig.cpu.load(operands + 1024, 432).data();
    rig.cpu.eexit();
    return Report.parse(bytes);
  }

  private Bytes reportKey(TestEnclave enclave, Bytes keyId) {
    enclave.enter();
    long page = enclave.base + TestEnclave.OPERANDS;
    rig.cpu.store(
        page, KeyRequest.builder().keyName(KeyRequest.REPORT).keyId(keyId).build().bytes());
    assertThat(rig.cpu.egetkey(page, page + 512).isOk()).isTrue();
    Bytes key = rig.cpu.load(page + 512, 16).data();
    rig.cpu.eexit();
    return key;
  }
}
