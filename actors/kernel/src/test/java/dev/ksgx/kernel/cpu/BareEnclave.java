package dev.ksgx.kernel.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ksgx.hardware.cpu.LogicalProcessor;
import dev.ksgx.hardware.cpu.Machine;
import dev.ksgx.hardware.epc.Epc;
import dev.ksgx.hardware.image.EnclaveImage;
import dev.ksgx.hardware.image.SampleEnclaves;
import dev.ksgx.hardware.image.SignedEnclave;
import dev.ksgx.hardware.leaf.Encls;
import dev.ksgx.hardware.leaf.EnclsRequest;
import dev.ksgx.hardware.leaf.LeafResult;
import dev.ksgx.hardware.leaf.Translation;
import dev.ksgx.hardware.structure.Bytes;
import dev.ksgx.hardware.structure.EinitToken;
import dev.ksgx.hardware.structure.SecInfo;
import dev.ksgx.hardware.structure.Secs;

/**
 * An enclave of 12 pages on a machine without a driver: leaves run on the last processor, and the
 * page table is the test's to change. SECS in frame 0, the version array in frame 1, page n in
 * frame n + 2.
 */
final class BareEnclave {
  private static final int HASH_MSR = 0x8C;
  private static final int PAGES = 12;

  final long base = 0x7f00_0000_0000L;
  final long tcs;
  final Translation translation = this::translate;
  private final boolean[] present = new boolean[PAGES];
  private final Epc epc;
  private final LogicalProcessor processor;
  private final long dataPage;

  BareEnclave(Machine machine) {
    SignedEnclave signed = SampleEnclaves.pages(PAGES);
    EnclaveImage image = signed.image();
    epc = machine.epc();
    processor = machine.processor(machine.config().processors() - 1);
    Secs secs =
        Secs.builder()
            .sizeBytes(image.sizeBytes())
            .baseAddress(base)
            .ssaFrameSize(image.ssaFrameSize())
            .attributes(image.attributes())
            .build();
    run(Encls.ecreate(epc.addressOf(0), secs.bytes()));
    run(Encls.epa(epc.addressOf(1)));
    long found = 0;
    for (int i = 0; i < PAGES; i++) {
      EnclaveImage.Page page = image.pages().get(i);
      assertThat(page.offset()).isEqualTo(i * 4096L);
      if (page.secInfo().equals(SecInfo.tcs())) {
        found = base + page.offset();
      }
      present[i] = true;
      run(
          Encls.addPage(
              frame(i),
              epc.addressOf(0),
              base + page.offset(),
              page.secInfo(),
              page.content(),
              page.mrmask()));
    }
    tcs = found;
    dataPage = PAGES - 1;
    Bytes hash = signed.sigStruct().mrsigner();
    for (int i = 0; i < 4; i++) {
      processor.wrmsr(HASH_MSR + i, hash.u64(8 * i));
    }
    run(Encls.einit(epc.addressOf(0), signed.sigStruct(), EinitToken.NONE));
  }

  /** Linear address of the last page, which is data; {@code back} pages before it. */
  long data(int back) {
    return base + (dataPage - back) * 4096;
  }

  void present(long linear, boolean there) {
    present[page(linear)] = there;
  }

  LeafResult block(long linear) {
    return processor.run(Encls.eblock(frame(page(linear))));
  }

  LeafResult track() {
    return processor.run(Encls.etrack(epc.addressOf(0)));
  }

  LeafResult evict(long linear) {
    return processor.run(Encls.ewb(frame(page(linear)), epc.addressOf(1)));
  }

  private long frame(int page) {
    return epc.addressOf(page + 2);
  }

  private int page(long linear) {
    return (int) ((linear - base) / 4096);
  }

  private long translate(long linear) {
    return present[page(linear)] ? frame(page(linear)) + linear % 4096 : Translation.NOT_PRESENT;
  }

  private void run(EnclsRequest request) {
    LeafResult result = processor.run(request);
    assertThat(result.isOk()).as(result.describe()).isTrue();
  }
}
