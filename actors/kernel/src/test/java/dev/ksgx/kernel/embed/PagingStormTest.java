package dev.ksgx.kernel.embed;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ksgx.hardware.cpu.MachineConfig;
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
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Live mode with an EPC a quarter of what is in it: eight threads read and write the heaps of
 * sixteen enclaves, two at a time in each, look at them from outside, destroy and launch them anew,
 * and kill their processes under each other.
 */
class PagingStormTest {
  private static final Logger LOG = LoggerFactory.getLogger(PagingStormTest.class);
  private static final int THREADS = 8;
  private static final int ENCLAVES = 16;
  private static final int ENCLAVES_A_PROCESS = 2;

  /** SECS, a version array, and a TCS and a state save area a door come to the heap. */
  private static final int FRAMES = ENCLAVES * (StormRoom.HEAP + 2 + 2 * StormRoom.DOORS) / 4;

  private final StormWatch watch = new StormWatch();
  private final AtomicLong verified = new AtomicLong();

  /** Pages read while another thread was inside the same enclave. */
  private final AtomicLong together = new AtomicLong();

  /** Where somebody went in last, so that others come after. */
  private volatile StormRoom busy;

  private final AtomicLong looks = new AtomicLong();
  private final AtomicLong destroyed = new AtomicLong();
  private final AtomicLong killed = new AtomicLong();
  private final Map<String, AtomicLong> refused = new ConcurrentSkipListMap<>();
  private final Map<String, AtomicLong> refusedOfTheKilled = new ConcurrentSkipListMap<>();

  @ParameterizedTest
  @EnumSource(
      value = Preset.class,
      names = {"V5", "MAINLINE"})
  void tenSecondsOfOvercommitLoseNothing(Preset preset) throws Exception {
    storm(preset, 10, StormRoom.DOORS);
  }

  @ParameterizedTest
  @EnumSource(
      value = Preset.class,
      names = {"V5", "MAINLINE"})
  @Tag("soak")
  void twoMinutesOfOvercommitLoseNothing(Preset preset) throws Exception {
    storm(preset, 120, 0);
  }

  /**
   * @param lost most visits that may find their enclave dead though its process lives: an eviction
   *     that fails costs v5 the enclave, which was seen once in six million pages here and is not
   *     explained; who looks for it lets none pass
   */
  private void storm(Preset preset, int seconds, int lost) throws Exception {
    MachineConfig machine = MachineConfig.builder().epcBytes(FRAMES * 4096L).build();
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    try (SgxKernel kernel =
        SgxKernel.start(KernelConfig.preset(preset).withMachine(machine), StormWatch.MEASURED)) {
      List<StormRoom> rooms = new ArrayList<>();
      for (int i = 0; i < ENCLAVES / ENCLAVES_A_PROCESS; i++) {
        StormRoom.Home home = new StormRoom.Home(kernel);
        for (int j = 0; j < ENCLAVES_A_PROCESS; j++) {
          rooms.add(new StormRoom(home));
        }
      }
      busy = rooms.get(0);
      List<Future<?>> clients = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        Random choice = new Random(i);
        clients.add(threads.submit(() -> client(rooms, choice)));
      }
      long elapsed = watch.watch(seconds, () -> gotThere(kernel, seconds));
      for (Future<?> client : clients) {
        client.get(60, TimeUnit.SECONDS);
      }
      rooms.forEach(room -> room.doors.forEach(door -> visit(room, door, everyPage(), 1)));
      long evicted = kernel.swapper().evicted();
      boolean gotThere = gotThere(kernel, seconds);
      kernel.exitAll();
      LOG.info(
          "{}: {} s, {} pages verified, {} with two inside, {} evicted, {} looks from outside, {} destroyed, {} killed; {} {}",
          preset,
          elapsed,
          verified,
          together,
          evicted,
          looks,
          destroyed,
          killed,
          refused,
          refusedOfTheKilled);
      long lostVisits = 0;
      for (Map.Entry<String, AtomicLong> each : refused.entrySet()) {
        if (!StormRefusals.OUTSIDE.contains(each.getKey())) {
          assertThat(each.getKey()).isEqualTo("ENTER the enclave is dead");
          lostVisits += each.getValue().get();
        }
      }
      assertThat(lostVisits).as("visits that lost their enclave").isLessThanOrEqualTo(lost);
      assertThat(StormRefusals.OF_THE_KILLED).containsAll(refusedOfTheKilled.keySet());
      assertThat(gotThere).as("pages, two at a time, looks, destroys, kills").isTrue();
      assertThat(kernel.audit().violations()).isEmpty();
      assertThat(kernel.epc().free()).isEqualTo(FRAMES);
      assertThat(kernel.epc().vaPages()).isZero();
      assertThat(kernel.epc().secsPages()).isZero();
    } finally {
      threads.shutdownNow();
    }
  }

  private boolean gotThere(SgxKernel kernel, int seconds) {
    return verified.get() > 300L * seconds
        && kernel.swapper().evicted() > 300L * seconds
        && together.get() > 30L * seconds
        && looks.get() > 0
        && destroyed.get() > 0
        && killed.get() > 0;
  }

  private void client(List<StormRoom> rooms, Random choice) {
    for (int round = 1 + choice.nextInt(1 << 20); !watch.over(); round++) {
      StormRoom room = choice.nextBoolean() ? busy : rooms.get(choice.nextInt(rooms.size()));
      int what = choice.nextInt(1_000);
      if (what < 8) {
        room.home.kill();
        killed.incrementAndGet();
      } else if (what < 150) {
        look(room, choice);
      } else if (what < 190) {
        if (room.destroy()) {
          destroyed.incrementAndGet();
        }
      } else {
        for (StormRoom.Door door : room.doors) {
          if (door.lock.tryLock()) {
            try {
              busy = room;
              visit(room, door, somePages(choice, room.page), round);
            } finally {
              door.lock.unlock();
            }
            break;
          }
        }
      }
    }
  }

  private static int[] everyPage() {
    int[] pages = new int[StormRoom.HEAP];
    Arrays.setAll(pages, page -> page);
    return pages;
  }

  /** Anywhere, or in a row from where the last one to touch any is: to fault where it does. */
  private static int[] somePages(Random choice, int from) {
    int[] pages = new int[1 + choice.nextInt(40)];
    boolean inARow = choice.nextBoolean();
    Arrays.setAll(
        pages, i -> inARow ? (from + i) % StormRoom.HEAP : choice.nextInt(StormRoom.HEAP));
    return pages;
  }

  /** Reads what is left in the door's word of each of the pages and leaves something else there. */
  private void visit(StormRoom room, StormRoom.Door door, int[] pages, int round) {
    try {
      StormRoom.Tenancy tenancy = room.enter();
      try {
        int[] rounds = door.rounds.clone();
        List<String> wrong = new ArrayList<>();
        Supplier<EnclaveProgram> program =
            () -> program(room, tenancy, door, pages, rounds, round, wrong);
        tenancy.enclave().enter(door.tcs(tenancy.enclave()), program);
        assertThat(wrong).isEmpty();
        System.arraycopy(rounds, 0, door.rounds, 0, StormRoom.HEAP);
        verified.addAndGet(pages.length);
      } catch (SgxException e) {
        room.tenancy = null;
        throw new StormRoom.Refused(tenancy.process(), e);
      } finally {
        room.walls.readLock().unlock();
      }
    } catch (StormRoom.Refused e) {
      count(e.why, e.process == room.home.process ? refused : refusedOfTheKilled);
    }
  }

  private EnclaveProgram program(
      StormRoom room,
      StormRoom.Tenancy tenancy,
      StormRoom.Door door,
      int[] pages,
      int[] rounds,
      int round,
      List<String> wrong) {
    long base = tenancy.enclave().base();
    return new EnclaveProgram() {
      private int steps;

      @Override
      public EnclaveStep next(StepResult.Done previous) {
        int index = steps / 2;
        if (steps == 0) {
          tenancy.inside().incrementAndGet();
        }
        if (index == pages.length) {
          tenancy.inside().decrementAndGet();
          return new EnclaveStep.Exit(Bytes.zeros(0));
        }
        int page = pages[index];
        if (steps++ % 2 == 0) {
          room.page = page;
          return new EnclaveStep.Read(door.word(base, page), 8);
        }
        if (tenancy.inside().get() > 1) {
          together.incrementAndGet();
        }
        Bytes expected = door.tag(page, rounds[page]);
        if (!previous.value().equals(expected)) {
          wrong.add("page " + page + ": " + previous.value().hex() + ", not " + expected.hex());
        }
        rounds[page] = round;
        return new EnclaveStep.Write(door.word(base, page), door.tag(page, round));
      }
    };
  }

  private void look(StormRoom room, Random choice) {
    StormRoom.Tenancy tenancy = room.tenancy;
    if (tenancy == null) {
      return;
    }
    SgxEnclave enclave = tenancy.enclave();
    try {
      long address =
          enclave.base() + HeapEnclave.heap(StormRoom.DOORS, choice.nextInt(StormRoom.HEAP));
      assertThat(enclave.loadFromOutside(address, 1).u8(0)).isEqualTo(0xff);
      looks.incrementAndGet();
    } catch (SgxException e) {
      count(e, refused);
    }
  }

  private static void count(SgxException why, Map<String, AtomicLong> refused) {
    refused.computeIfAbsent(StormRefusals.name(why), unused -> new AtomicLong()).incrementAndGet();
  }
}
