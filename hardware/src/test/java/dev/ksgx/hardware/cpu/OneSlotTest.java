package dev.ksgx.hardware.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ksgx.hardware.leaf.Encls;
import dev.ksgx.hardware.leaf.EnclsRequest;
import dev.ksgx.hardware.leaf.LeafInFlight;
import dev.ksgx.hardware.paging.EvictedPage;
import dev.ksgx.hardware.structure.SgxCode;
import dev.ksgx.hardware.testkit.Rig;
import dev.ksgx.hardware.testkit.TestEnclave;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Several processors that use one slot of a version array at the same moment. */
class OneSlotTest {
  private static final int THREADS = 4;
  private static final int ROUNDS = 2_000;
  private static final int VA = 10;

  private final Machine machine =
      Machine.create(MachineConfig.builder().processors(THREADS).epcBytes(16 * 4096).build());
  private final LogicalProcessor cpu = machine.processor(0);
  private final ExecutorService pool = Executors.newFixedThreadPool(THREADS);
  private final CyclicBarrier start = new CyclicBarrier(THREADS);

  @BeforeEach
  void enclaveWithAPageForEachThread() {
    ok(Encls.ecreate(page(0), Rig.secs().build().bytes()));
    ok(Encls.epa(page(VA)));
    for (int i = 1; i <= THREADS; i++) {
      long linear = Rig.BASE + 4096L * i;
      ok(Encls.eadd(page(i), page(0), linear, TestEnclave.RW, TestEnclave.ZEROS));
    }
  }

  @AfterEach
  void threadsEnd() {
    pool.shutdown();
  }

  @Test
  void pageIsLoadedByOneOfThem() throws InterruptedException, ExecutionException {
    for (int round = 0; round < ROUNDS; round++) {
      EvictedPage out = evictFirst();
      List<EnclsRequest> loads = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        int frame = i == 0 ? 1 : VA + i;
        loads.add(Encls.eldu(page(frame), page(0), out.linaddr(), out, page(VA)));
      }
      List<LeafInFlight> ended = together(loads);
      assertThat(ended.stream().filter(leaf -> leaf.result().isOk()).count()).isOne();
      assertThat(machine.epc().epcm().secs(0).children()).isEqualTo(THREADS);
      if (!ended.get(0).result().isOk()) {
        moveBack(ended);
      }
    }
  }

  /**
   * Each page that left was either told that it destroyed a version or is destroyed or is there.
   */
  @Test
  void noVersionIsLostUnsaid() throws InterruptedException, ExecutionException {
    for (int round = 0; round < ROUNDS; round++) {
      List<EnclsRequest> evictions = new ArrayList<>();
      for (int i = 1; i <= THREADS; i++) {
        ok(Encls.eblock(page(i)));
        evictions.add(Encls.ewb(page(i), page(VA)));
      }
      ok(Encls.etrack(page(0)));
      int out = 0;
      int told = 0;
      int back = 0;
      List<LeafInFlight> ended = together(evictions);
      for (int i = 0; i < THREADS; i++) {
        if (!machine.epc().inspect(1 + i).valid()) {
          out++;
          told += ended.get(i).result().code() == SgxCode.VA_SLOT_OCCUPIED ? 1 : 0;
          EvictedPage page = ended.get(i).evicted();
          back += load(1 + i, page) ? 1 : 0;
        }
      }
      assertThat(back).isOne();
      assertThat(told).isEqualTo(out - 1);
      replaceLostPages();
    }
  }

  private boolean load(int frame, EvictedPage page) {
    return cpu.run(Encls.eldu(page(frame), page(0), page.linaddr(), page, page(VA))).isOk();
  }

  private void replaceLostPages() {
    for (int i = 1; i <= THREADS; i++) {
      ok(Encls.eremove(page(i)));
      long linear = Rig.BASE + 4096L * i;
      ok(Encls.eadd(page(i), page(0), linear, TestEnclave.RW, TestEnclave.ZEROS));
    }
  }

  private EvictedPage evictFirst() {
    ok(Encls.eblock(page(1)));
    ok(Encls.etrack(page(0)));
    LeafInFlight leaf = cpu.begin(Encls.ewb(page(1), page(VA)));
    leaf.end();
    return leaf.evicted();
  }

  private void moveBack(List<LeafInFlight> ended) {
    for (int i = 1; i < THREADS; i++) {
      if (ended.get(i).result().isOk()) {
        ok(Encls.eremove(page(VA + i)));
        ok(Encls.eadd(page(1), page(0), Rig.BASE + 4096, TestEnclave.RW, TestEnclave.ZEROS));
      }
    }
  }

  /** One leaf a processor, begun as nearly together as threads can. */
  private List<LeafInFlight> together(List<EnclsRequest> requests)
      throws InterruptedException, ExecutionException {
    List<Callable<LeafInFlight>> tasks = new ArrayList<>();
    for (int i = 0; i < THREADS; i++) {
      LogicalProcessor processor = machine.processor(i);
      EnclsRequest request = requests.get(i);
      tasks.add(
          () -> {
            start.await();
            LeafInFlight leaf = processor.begin(request);
            leaf.end();
            return leaf;
          });
    }
    List<LeafInFlight> ended = new ArrayList<>();
    for (Future<LeafInFlight> task : pool.invokeAll(tasks)) {
      ended.add(task.get());
    }
    return ended;
  }

  private void ok(EnclsRequest request) {
    assertThat(cpu.run(request).describe()).endsWith(": done");
  }

  private long page(int frame) {
    return machine.epc().addressOf(frame);
  }
}
