package dev.ksgx.kernel.embed;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ksgx.hardware.cpu.MachineConfig;
import dev.ksgx.hardware.image.SignedEnclave;
import dev.ksgx.hardware.program.EnclaveProgram;
import dev.ksgx.hardware.program.EnclaveStep;
import dev.ksgx.hardware.program.StepResult;
import dev.ksgx.hardware.structure.Bytes;
import dev.ksgx.kernel.config.KernelConfig;
import dev.ksgx.kernel.config.Preset;
import dev.ksgx.kernel.paging.HeapEnclave;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Live mode with an EPC a quarter of what is in it: eight threads read and write the heaps of
 * sixteen enclaves, look at them from outside, destroy and launch them anew, and kill their
 * processes under each other.
 */
class PagingStormTest {
  private static final Logger LOG = LoggerFactory.getLogger(PagingStormTest.class);
  private static final int THREADS = 8;
  private static final int ENCLAVES = 16;
  private static final int ENCLAVES_A_PROCESS = 2;
  private static final int HEAP = 120;

  /** SECS, a version array, TCS and state save area come to the heap. */
  private static final int FRAMES = ENCLAVES * (HEAP + 4) / 4;

  private static final SignedEnclave IMAGE = HeapEnclave.of(1, HEAP);

  /** What an access from outside may end with: its enclave, or its process, has gone. */
  private static final Set<String> EXPECTED_OUTSIDE =
      Set.of("ACCESS -EINTR", "ACCESS the process is being killed", "ACCESS the enclave is gone");

  /** What may become of a launch or a visit whose process is being killed, and of no other. */
  private static final Set<String> EXPECTED_OF_THE_KILLED =
      Set.of(
          "OPEN -EINTR",
          "MMAP -EINTR",
          "CREATE -EINTR",
          "CREATE -ERESTARTSYS", // while it reclaimed for itself
          "ADD -EINTR",
          "ADD -ERESTARTSYS",
          "ADD -EINVAL", // the enclave is dead
          "INIT -EINTR",
          "INIT SGX_INVALID_MEASUREMENT", // the add worker found no users left
          "ENTER -EINTR",
          "ENTER the process is being killed");

  /** A process, and another one as soon as that is killed. */
  private static final class Home {
    private final SgxKernel kernel;
    private volatile SgxProcess process;

    Home(SgxKernel kernel) {
      this.kernel = kernel;
      this.process = kernel.process();
    }

    synchronized void kill() {
      SgxProcess old = process;
      process = kernel.process();
      old.kill();
    }
  }

  /** A place for an enclave: one thread at a time may be inside, any may look from outside. */
  private static final class Room {
    private final ReentrantLock door = new ReentrantLock();
    private final Home home;

    /** What each page was last filled with; 0: nothing yet. */
    private final int[] rounds = new int[HEAP];

    private SgxProcess process;
    private volatile SgxEnclave enclave;

    Room(Home home) {
      this.home = home;
    }

    SgxEnclave current() {
      if (enclave == null || process != home.process) {
        enclave = null;
        process = home.process;
        SgxEnclave launched = process.launch(IMAGE);
        Arrays.fill(rounds, 0);
        enclave = launched;
      }
      return enclave;
    }

    void destroy() {
      SgxEnclave old = enclave;
      enclave = null;
      if (old != null) {
        old.close();
      }
    }
  }

  private final AtomicLong verified = new AtomicLong();
  private final AtomicLong looks = new AtomicLong();
  private final AtomicLong destroyed = new AtomicLong();
  private final AtomicLong killed = new AtomicLong();
  private final Map<String, AtomicLong> refused = new ConcurrentSkipListMap<>();
  private final Map<String, AtomicLong> refusedOfTheKilled = new ConcurrentSkipListMap<>();

  @ParameterizedTest
  @EnumSource(Preset.class)
  void fiveSecondsOfOvercommitLoseNothing(Preset preset) throws Exception {
    storm(preset, 5);
  }

  @ParameterizedTest
  @EnumSource(Preset.class)
  @Tag("soak")
  void twoMinutesOfOvercommitLoseNothing(Preset preset) throws Exception {
    storm(preset, 120);
  }

  private void storm(Preset preset, int seconds) throws Exception {
    MachineConfig machine = MachineConfig.builder().epcBytes(FRAMES * 4096L).build();
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    try (SgxKernel kernel = SgxKernel.start(KernelConfig.preset(preset).withMachine(machine))) {
      List<Room> rooms = new ArrayList<>();
      for (int i = 0; i < ENCLAVES / ENCLAVES_A_PROCESS; i++) {
        Home home = new Home(kernel);
        for (int j = 0; j < ENCLAVES_A_PROCESS; j++) {
          rooms.add(new Room(home));
        }
      }
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
      List<Future<?>> clients = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        Random choice = new Random(i);
        clients.add(threads.submit(() -> client(rooms, choice, end)));
      }
      for (Future<?> client : clients) {
        client.get(seconds + 60, TimeUnit.SECONDS);
      }
      rooms.forEach(room -> visit(room, everyPage(), 1));
      long evicted = kernel.swapper().evicted();
      kernel.exitAll();
      LOG.info(
          "{}: {} pages verified, {} evicted, {} looks from outside, {} destroyed, {} killed; {} {}",
          preset,
          verified,
          evicted,
          looks,
          destroyed,
          killed,
          refused,
          refusedOfTheKilled);
      assertThat(EXPECTED_OUTSIDE).containsAll(refused.keySet());
      assertThat(EXPECTED_OF_THE_KILLED).containsAll(refusedOfTheKilled.keySet());
      assertThat(verified.get()).isGreaterThan(300L * seconds);
      assertThat(evicted).as("the storm pages").isGreaterThan(300L * seconds);
      assertThat(looks.get()).isPositive();
      assertThat(destroyed.get()).isPositive();
      assertThat(killed.get()).isPositive();
      assertThat(kernel.audit().violations()).isEmpty();
      assertThat(kernel.epc().free()).isEqualTo(FRAMES);
      assertThat(kernel.epc().vaPages()).isZero();
      assertThat(kernel.epc().secsPages()).isZero();
    } finally {
      threads.shutdownNow();
    }
  }

  private void client(List<Room> rooms, Random choice, long end) {
    for (int round = 1 + choice.nextInt(1 << 20); System.nanoTime() < end; round++) {
      Room room = rooms.get(choice.nextInt(rooms.size()));
      int what = choice.nextInt(1_000);
      if (what < 8) {
        room.home.kill();
        killed.incrementAndGet();
      } else if (what < 150) {
        look(room, choice);
      } else if (room.door.tryLock()) {
        try {
          if (what < 170) {
            room.destroy();
            destroyed.incrementAndGet();
          } else {
            visit(room, somePages(choice), round);
          }
        } finally {
          room.door.unlock();
        }
      }
    }
  }

  private static int[] everyPage() {
    int[] pages = new int[HEAP];
    Arrays.setAll(pages, page -> page);
    return pages;
  }

  private static int[] somePages(Random choice) {
    int[] pages = new int[1 + choice.nextInt(40)];
    int from = choice.nextInt(HEAP);
    boolean inARow = choice.nextBoolean();
    Arrays.setAll(pages, i -> inARow ? (from + i) % HEAP : choice.nextInt(HEAP));
    return pages;
  }

  /** Reads what is left in each of the pages and leaves something else there. */
  private void visit(Room room, int[] pages, int round) {
    try {
      SgxEnclave enclave = room.current();
      int[] rounds = room.rounds.clone();
      List<String> wrong = new ArrayList<>();
      enclave.enter(
          () -> program(enclave.base(), pages, room.rounds.clone(), rounds, round, wrong));
      assertThat(wrong).isEmpty();
      System.arraycopy(rounds, 0, room.rounds, 0, HEAP);
      verified.addAndGet(pages.length);
    } catch (SgxException e) {
      room.enclave = null;
      count(e, room.process == room.home.process ? refused : refusedOfTheKilled);
    }
  }

  private static EnclaveProgram program(
      long base, int[] pages, int[] before, int[] after, int round, List<String> wrong) {
    return new EnclaveProgram() {
      private int steps;

      @Override
      public EnclaveStep next(StepResult.Done previous) {
        int index = steps / 2;
        if (steps % 2 == 1) {
          int page = pages[index];
          Bytes expected = before[page] == 0 ? Bytes.zeros(8) : HeapEnclave.tag(page, before[page]);
          if (!previous.value().equals(expected)) {
            wrong.add("page " + page + ": " + previous.value().hex() + ", not " + expected.hex());
          }
          before[page] = round;
          after[page] = round;
          steps++;
          return new EnclaveStep.Write(
              base + HeapEnclave.heap(1, page), HeapEnclave.tag(page, round));
        }
        if (index == pages.length) {
          return new EnclaveStep.Exit(Bytes.zeros(0));
        }
        steps++;
        return new EnclaveStep.Read(base + HeapEnclave.heap(1, pages[index]), 8);
      }
    };
  }

  private void look(Room room, Random choice) {
    SgxEnclave enclave = room.enclave;
    if (enclave == null) {
      return;
    }
    try {
      long address = enclave.base() + HeapEnclave.heap(1, choice.nextInt(HEAP));
      assertThat(enclave.loadFromOutside(address, 1).u8(0)).isEqualTo(0xff);
      looks.incrementAndGet();
    } catch (SgxException e) {
      count(e, refused);
    }
  }

  private static void count(SgxException why, Map<String, AtomicLong> refused) {
    String name = why.phase() + " " + why.code();
    if (why.code().equals("fault")) {
      name = why.phase() + " " + reason(why);
    }
    refused.computeIfAbsent(name, unused -> new AtomicLong()).incrementAndGet();
  }

  private static String reason(SgxException why) {
    String check = why.check();
    if (check.contains("the process is being killed")) {
      return "the process is being killed";
    }
    boolean gone =
        check.startsWith("no enclave covers")
            || check.contains("no SGX mapping covers")
            || check.contains("the enclave is dead")
            // another is being built where it was
            || check.contains("no enclave was created there")
            || check.contains("the enclave is not initialized")
            || check.contains("the enclave has no page there");
    return gone ? "the enclave is gone" : check;
  }
}
