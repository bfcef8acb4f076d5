package dev.ksgx.hardware.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ksgx.hardware.cpu.LogicalProcessor;
import dev.ksgx.hardware.image.ModelKeys;
import dev.ksgx.hardware.launch.Signer;
import dev.ksgx.hardware.launch.SigningKey;
import dev.ksgx.hardware.leaf.Encls;
import dev.ksgx.hardware.leaf.LeafResult;
import dev.ksgx.hardware.leaf.Translation;
import dev.ksgx.hardware.structure.Attributes;
import dev.ksgx.hardware.structure.Bytes;
import dev.ksgx.hardware.structure.EinitToken;
import dev.ksgx.hardware.structure.SecInfo;
import dev.ksgx.hardware.structure.Secs;
import dev.ksgx.hardware.structure.SigStruct;
import dev.ksgx.hardware.structure.Tcs;
import java.util.Map;
import java.util.TreeMap;

/**
 * An enclave under construction or running: offsets 0 TCS, 1000h and 2000h SSA, 3000h and 4000h
 * data, 5000h code; frames in that order behind the SECS.
 */
public final class TestEnclave {
  public static final long TCS = 0;
  public static final long SSA = 0x1000;
  public static final long DATA = 0x3000;
  public static final long OPERANDS = 0x4000;
  public static final long CODE = 0x5000;
  public static final long AEP = 0x40_0000;
  public static final EinitToken NO_TOKEN = EinitToken.builder().build();
  public static final SecInfo RW = SecInfo.reg(true, true, false);
  public static final Bytes ZEROS = Bytes.zeros(4096);

  public final Rig rig;
  public final int secsFrame;
  public final long base;
  public final Secs secs;
  private final Map<Long, Long> pageTable = new TreeMap<>();
  private int nextFrame;

  public TestEnclave(Rig rig, int secsFrame, Secs secs) {
    this.rig = rig;
    this.secsFrame = secsFrame;
    this.secs = secs;
    this.base = secs.baseAddress();
    this.nextFrame = secsFrame + 1;
    rig.ok(Encls.ecreate(rig.page(secsFrame), secs.bytes()));
  }

  /** An enclave with {@link Rig#secs()}, all its pages and one thread with two SSA frames. */
  public static TestEnclave built(Rig rig, int secsFrame, Secs secs) {
    TestEnclave enclave = new TestEnclave(rig, secsFrame, secs);
    enclave.add(TCS, SecInfo.tcs(), tcs().build().bytes());
    enclave.add(SSA, RW, ZEROS);
    enclave.add(SSA + 0x1000, RW, ZEROS);
    enclave.add(DATA, RW, ZEROS);
    enclave.add(OPERANDS, RW, ZEROS);
    enclave.add(CODE, SecInfo.reg(true, false, true), ZEROS);
    return enclave;
  }

  /** A debug enclave that is initialised. */
  public static TestEnclave launched(Rig rig, int secsFrame) {
    return launched(rig, secsFrame, Rig.secs().build());
  }

  public static TestEnclave launched(Rig rig, int secsFrame, Secs secs) {
    TestEnclave enclave = built(rig, secsFrame, secs);
    enclave.launch();
    return enclave;
  }

  public static Tcs.Builder tcs() {
    return Tcs.builder().ossa(SSA).nssa(2).oentry(CODE).fsLimit(-1).gsLimit(-1);
  }

  /** Adds a page in the next frame, maps it and returns the frame. */
  public int add(long offset, SecInfo secInfo, Bytes content) {
    rig.ok(Encls.eadd(rig.page(nextFrame), secsPage(), base + offset, secInfo, content));
    map(offset, nextFrame);
    return nextFrame++;
  }

  public void map(long offset, int frame) {
    pageTable.put(base + offset, rig.page(frame));
  }

  public void mapAddress(long linear, long physical) {
    pageTable.put(linear, physical);
  }

  public void unmap(long offset) {
    pageTable.remove(base + offset);
  }

  /** The page tables of the enclave's process. */
  public Translation pageTables() {
    return linear -> {
      Long page = pageTable.get(linear & -4096);
      return page == null ? Translation.NOT_PRESENT : page + (linear & 4095);
    };
  }

  public long secsPage() {
    return rig.page(secsFrame);
  }

  /** Frame of the page at this offset. */
  public int frame(long offset) {
    return rig.machine.epc().frameOf(pageTable.get(base + offset));
  }

  /** An unsigned SIGSTRUCT for the enclave as it is. */
  public SigStruct.Builder sigBody() {
    return SigStruct.builder()
        .date(0x20171113)
        .attributes(secs.attributes())
        .attributeMask(new Attributes(-1, -1))
        .miscSelect(secs.miscSelect())
        .miscMask(-1)
        .enclaveHash(rig.epcm.secs(secsFrame).measurement().mrenclave())
        .isvProdId(7)
        .isvSvn(3);
  }

  public SigStruct sig() {
    return sig(ModelKeys.signer(0));
  }

  public SigStruct sig(SigningKey key) {
    return Signer.sign(sigBody(), key);
  }

  /** EINIT by the first processor, whose hash MSRs are set to the signer first. */
  public void launch() {
    launch(sig());
  }

  public void launch(SigStruct sig) {
    setHash(rig.cpu, sig.mrsigner());
    rig.ok(Encls.einit(secsPage(), sig, NO_TOKEN));
  }

  /** WRMSR of the four hash MSRs. */
  public static void setHash(LogicalProcessor cpu, Bytes mrsigner) {
    for (int i = 0; i < 4; i++) {
      assertThat(cpu.wrmsr(0x8c + i, mrsigner.u64(8 * i)).ok()).isTrue();
    }
  }

  public LeafResult eenter(LogicalProcessor cpu) {
    return cpu.eenter(base + TCS, AEP, pageTables());
  }

  public LeafResult eresume(LogicalProcessor cpu) {
    return cpu.eresume(base + TCS, AEP, pageTables());
  }

  /** Enters with the first processor, which must succeed. */
  public void enter() {
    assertThat(eenter(rig.cpu).describe()).isEqualTo("EENTER: done");
  }
}
