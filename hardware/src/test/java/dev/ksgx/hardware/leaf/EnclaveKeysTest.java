package dev.ksgx.hardware.leaf;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ksgx.hardware.crypto.KeyDerivation;
import dev.ksgx.hardware.crypto.KeyLayout;
import dev.ksgx.hardware.epc.SecsState;
import dev.ksgx.hardware.launch.SignatureCheck;
import dev.ksgx.hardware.measure.MeasurementTrie;
import dev.ksgx.hardware.platform.PackageRegisters;
import dev.ksgx.hardware.structure.Attributes;
import dev.ksgx.hardware.structure.Bytes;
import dev.ksgx.hardware.structure.KeyRequest;
import dev.ksgx.hardware.structure.Secs;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * What enters each key, isa.md 7.3: for each row and each of the five keys, whether the key changes
 * with it. The expected answers are the table, column by column: SEAL, REPORT, EINITTOKEN,
 * PROVISION, PROVISION_SEAL.
 */
class EnclaveKeysTest {
  private static final int[] NAMES = {
    KeyRequest.SEAL,
    KeyRequest.REPORT,
    KeyRequest.EINITTOKEN,
    KeyRequest.PROVISION,
    KeyRequest.PROVISION_SEAL
  };

  private static final int ALL_BOUND =
      KeyRequest.POLICY_MRENCLAVE
          | KeyRequest.POLICY_MRSIGNER
          | KeyRequest.POLICY_CONFIGID
          | KeyRequest.POLICY_ISVFAMILYID
          | KeyRequest.POLICY_ISVEXTPRODID;

  /** Everything a key can depend on, each with a value that a test can change. */
  private static final class World {
    Bytes family = fill(16, 1);
    Bytes extProd = fill(16, 2);
    int prodId = 3;
    int requestSvn = 4;
    Bytes epoch = fill(16, 5);
    long flags = Attributes.MODE64BIT | Attributes.INIT | Attributes.KSS;
    long xfrm = 7;
    Attributes mask = new Attributes(Attributes.MODE64BIT, 3);
    Bytes mrenclave = fill(32, 6);
    Bytes mrsigner = fill(32, 7);
    Bytes keyId = fill(32, 8);
    Bytes fuses = fill(16, 9);
    Bytes cpuSvn = fill(16, 10);
    Bytes requestCpuSvn = fill(16, 11);
    Bytes padding = SignatureCheck.PKCS1_PADDING;
    int misc = 0b11;
    int miscMask = 0b01;
    int policy = ALL_BOUND;
    Bytes configId = fill(64, 12);
    int configSvn = 13;
    int requestConfigSvn = 14;
    Bytes root = fill(16, 15);
    KeyLayout layout = KeyLayout.MODEL;

    Bytes key(int name) {
      Secs secs =
          Secs.builder()
              .attributes(new Attributes(flags, xfrm))
              .mrenclave(mrenclave)
              .mrsigner(mrsigner)
              .isvProdId(prodId)
              .isvSvn(40)
              .miscSelect(misc)
              .configId(configId)
              .configSvn(configSvn)
              .build();
      SecsState state = new SecsState(0, 1, secs, new MeasurementTrie().root(1, 8192));
      state.launch(new SecsState.Launched(secs, family, extProd, padding));
      PackageRegisters registers =
          new PackageRegisters(
              new KeyDerivation(layout, root), cpuSvn, fuses, fill(32, 16), fill(16, 5), epoch);
      KeyRequest request =
          KeyRequest.builder()
              .keyName(name)
              .keyPolicy(policy)
              .isvSvn(requestSvn)
              .cpuSvn(requestCpuSvn)
              .attributeMask(mask)
              .keyId(keyId)
              .miscMask(miscMask)
              .configSvn(requestConfigSvn)
              .build();
      return new EnclaveKeys(registers, state).derive(request);
    }
  }

  @TestFactory
  List<DynamicTest> eachRowEntersTheKeysThatTheTableSays() {
    Map<String, Consumer<World>> rows = new LinkedHashMap<>();
    rows.put("ISVFAMILYID              x...x", w -> w.family = fill(16, 99));
    rows.put("ISVEXTPRODID             x...x", w -> w.extProd = fill(16, 99));
    rows.put("ISVPRODID                x.xxx", w -> w.prodId = 99);
    rows.put("ISVSVN of the request    x.xxx", w -> w.requestSvn = 9);
    rows.put("SGXOWNEREPOCH            xxx..", w -> w.epoch = fill(16, 99));
    rows.put("ATTRIBUTES under mask    xxxxx", w -> w.flags &= ~Attributes.MODE64BIT);
    rows.put("ATTRIBUTES INIT          xxxxx", w -> w.flags &= ~Attributes.INIT);
    rows.put("ATTRIBUTES DEBUG         xxxxx", w -> w.flags |= Attributes.DEBUG);
    rows.put("ATTRIBUTES not in mask   .x...", w -> w.flags |= Attributes.PROVISIONKEY);
    rows.put("XFRM under mask          xxxxx", w -> w.xfrm = 5);
    rows.put("XFRM not in mask         .x...", w -> w.xfrm = 3);
    rows.put("ATTRIBUTESMASK           x..xx", w -> w.mask = new Attributes(0x404, 3));
    rows.put("MRENCLAVE                xx...", w -> w.mrenclave = fill(32, 99));
    rows.put("MRSIGNER                 x.xxx", w -> w.mrsigner = fill(32, 99));
    rows.put("KEYID                    xxx..", w -> w.keyId = fill(32, 99));
    rows.put("SEAL_KEY_FUSES           xxx.x", w -> w.fuses = fill(16, 99));
    rows.put("CPUSVN of the processor  .x...", w -> w.cpuSvn = fill(16, 99));
    rows.put("CPUSVN of the request    x.xxx", w -> w.requestCpuSvn = fill(16, 99));
    rows.put("PADDING of the SECS      x.xxx", w -> w.padding = w.padding.withFlippedBit(9, 0));
    rows.put("MISCSELECT under mask    xxxxx", w -> w.misc = 0b10);
    rows.put("MISCSELECT not in mask   .x...", w -> w.misc = 0b01);
    rows.put("MISCMASK                 x..xx", w -> w.miscMask = 0b101);
    rows.put("KEYPOLICY                x...x", w -> w.policy |= 1 << 15);
    rows.put("CONFIGID                 xx..x", w -> w.configId = fill(64, 99));
    rows.put("CONFIGSVN of the SECS    .x...", w -> w.configSvn = 99);
    rows.put("CONFIGSVN of the request x...x", w -> w.requestConfigSvn = 9);
    rows.put("device root              xxxxx", w -> w.root = fill(16, 99));
    return tests(rows, ALL_BOUND, KeyLayout.MODEL);
  }

  @TestFactory
  List<DynamicTest> withoutPolicyNothingIsBound() {
    Map<String, Consumer<World>> rows = new LinkedHashMap<>();
    rows.put("ISVFAMILYID              .....", w -> w.family = fill(16, 99));
    rows.put("ISVEXTPRODID             .....", w -> w.extProd = fill(16, 99));
    rows.put("MRENCLAVE                .x...", w -> w.mrenclave = fill(32, 99));
    rows.put("MRSIGNER                 ..xxx", w -> w.mrsigner = fill(32, 99));
    rows.put("CONFIGID                 .x...", w -> w.configId = fill(64, 99));
    rows.put("CONFIGSVN of the request .....", w -> w.requestConfigSvn = 9);
    rows.put("ISVPRODID                x.xxx", w -> w.prodId = 99);
    return tests(rows, 0, KeyLayout.MODEL);
  }

  @TestFactory
  List<DynamicTest> noIsvProdIdFreesTheSealKeysOfIt() {
    Map<String, Consumer<World>> rows = new LinkedHashMap<>();
    rows.put("ISVPRODID                ..xx.", w -> w.prodId = 99);
    return tests(rows, KeyRequest.POLICY_NOISVPRODID, KeyLayout.MODEL);
  }

  @TestFactory
  List<DynamicTest> sdkSimulationLeavesOutWhatItsStructuresLack() {
    Map<String, Consumer<World>> rows = new LinkedHashMap<>();
    rows.put("ISVFAMILYID              x...x", w -> w.family = fill(16, 99));
    rows.put("ISVSVN of the request    x.xxx", w -> w.requestSvn = 9);
    rows.put("SGXOWNEREPOCH            xxx..", w -> w.epoch = fill(16, 99));
    rows.put("MRENCLAVE                xx...", w -> w.mrenclave = fill(32, 99));
    rows.put("MRSIGNER                 x.xxx", w -> w.mrsigner = fill(32, 99));
    rows.put("KEYID                    xxx..", w -> w.keyId = fill(32, 99));
    rows.put("MISCMASK                 x..xx", w -> w.miscMask = 0b101);
    rows.put("SEAL_KEY_FUSES           .....", w -> w.fuses = fill(16, 99));
    rows.put("PADDING of the SECS      .....", w -> w.padding = w.padding.withFlippedBit(9, 0));
    rows.put("device root              .....", w -> w.root = fill(16, 99));
    return tests(rows, ALL_BOUND, KeyLayout.SDK_SIMULATION);
  }

  private static List<DynamicTest> tests(
      Map<String, Consumer<World>> rows, int policy, KeyLayout layout) {
    List<DynamicTest> tests = new ArrayList<>();
    rows.forEach(
        (row, change) ->
            tests.add(
                DynamicTest.dynamicTest(
                    row,
                    () -> {
                      StringBuilder seen = new StringBuilder();
                      for (int name : NAMES) {
                        World before = new World();
                        before.policy = policy;
                        before.layout = layout;
                        World after = new World();
                        after.policy = policy;
                        after.layout = layout;
                        change.accept(after);
                        seen.append(before.key(name).equals(after.key(name)) ? '.' : 'x');
                      }
                      assertThat(seen.toString()).isEqualTo(row.substring(row.length() - 5));
                    })));
    return tests;
  }

  private static Bytes fill(int length, int value) {
    byte[] bytes = new byte[length];
    java.util.Arrays.fill(bytes, (byte) value);
    return Bytes.copyOf(bytes);
  }
}
