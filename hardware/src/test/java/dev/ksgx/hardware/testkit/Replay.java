package dev.ksgx.hardware.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ksgx.hardware.cpu.Machine;
import dev.ksgx.hardware.cpu.MachineConfig;
import dev.ksgx.hardware.image.PageStream;
import dev.ksgx.hardware.leaf.Encls;
import dev.ksgx.hardware.leaf.EnclsRequest;
import dev.ksgx.hardware.leaf.LeafResult;
import dev.ksgx.hardware.platform.Cpuid;
import dev.ksgx.hardware.structure.Attributes;
import dev.ksgx.hardware.structure.Bytes;
import dev.ksgx.hardware.structure.EinitToken;
import dev.ksgx.hardware.structure.Secs;
import dev.ksgx.hardware.structure.SigStruct;
import java.util.LinkedHashMap;
import java.util.Map;

/** A page stream replayed on a large machine leaf by leaf; frame 0 is the SECS. */
public final class Replay {
  public static final EinitToken NO_TOKEN = EinitToken.builder().build();

  public final Machine machine;
  private final PageStream stream;
  private final SigStruct sig;

  private Replay(PageStream stream, SigStruct sig) {
    this.stream = stream;
    this.sig = sig;
    this.machine = bigMachine();
  }

  /** A machine whose limits all streams keep: enclaves below 2^40 bytes, all attributes. */
  public static Machine bigMachine() {
    return Machine.create(
        MachineConfig.builder().cpuid(Cpuid.everything()).epcBytes(128L << 20).build());
  }

  /** ECREATE with the attributes that the SIGSTRUCT asks for, as drivers do, then all leaves. */
  public static Replay of(PageStream stream, SigStruct sig) {
    Replay replay = new Replay(stream, sig);
    replay.create();
    replay.load();
    return replay;
  }

  private void create() {
    long xfrm = sig.attributes().xfrm() | Attributes.LEGACY_XFRM;
    Secs secs =
        Secs.builder()
            .sizeBytes(stream.sizeBytes())
            .baseAddress(stream.sizeBytes())
            .ssaFrameSize(stream.ssaFrameSize())
            .miscSelect(sig.miscSelect())
            .attributes(new Attributes(sig.attributes().flags(), xfrm))
            .build();
    ok(Encls.ecreate(page(0), secs.bytes()));
  }

  private void load() {
    Map<Long, Integer> frames = new LinkedHashMap<>();
    int next = 1;
    for (PageStream.Step step : stream.steps()) {
      if (step instanceof PageStream.Add add) {
        long linear = stream.sizeBytes() + add.offset();
        ok(Encls.eadd(page(next), page(0), linear, add.secInfo(), add.content()));
        frames.put(add.offset(), next++);
      } else {
        int frame = frames.get(step.offset() & -4096);
        ok(Encls.eextend(page(0), page(frame) + (step.offset() & 4095)));
      }
    }
  }

  /** WRMSR of the signer's hash. */
  public void setHash(Bytes mrsigner) {
    TestEnclave.setHash(machine.processor(0), mrsigner);
  }

  public LeafResult einit(SigStruct with, EinitToken token) {
    return machine.processor(0).run(Encls.einit(page(0), with, token));
  }

  public Secs secs() {
    return machine.epc().epcm().secs(0).image();
  }

  public long page(int frame) {
    return machine.epc().addressOf(frame);
  }

  private void ok(EnclsRequest request) {
    assertThat(machine.processor(0).run(request).describe()).isEqualTo(request.leaf() + ": done");
  }
}
