package dev.ksgx.kernel.embed;

import dev.ksgx.hardware.image.SignedEnclave;
import dev.ksgx.hardware.structure.Bytes;
import dev.ksgx.kernel.paging.HeapEnclave;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.stream.IntStream;

/** A place for an enclave in a storm: a thread a door may be inside, any may look from outside. */
final class StormRoom {
  static final int HEAP = 120;

  /** Threads that may be inside one enclave. */
  static final int DOORS = 2;

  private static final SignedEnclave IMAGE = HeapEnclave.of(DOORS, HEAP);

  /** A process, and another one as soon as that is killed. */
  static final class Home {
    private final SgxKernel kernel;
    volatile SgxProcess process;

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

  /** A way in: one thread at a time. It has a word of its own in each page of the heap. */
  static final class Door {
    final ReentrantLock lock = new ReentrantLock();
    final int number;

    /** What its word of each page was last filled with; 0: nothing yet. */
    final int[] rounds = new int[HEAP];

    Door(int number) {
      this.number = number;
    }

    long tcs(SgxEnclave enclave) {
      return enclave.base() + HeapEnclave.tcs(number);
    }

    long word(long base, int page) {
      return base + HeapEnclave.heap(DOORS, page) + 8L * number;
    }

    Bytes tag(int page, int round) {
      return round == 0 ? Bytes.zeros(8) : HeapEnclave.tag((long) number * HEAP + page, round);
    }
  }

  /** An enclave, the process it was launched in, and how many threads are inside. */
  record Tenancy(SgxProcess process, SgxEnclave enclave, AtomicInteger inside) {}

  /** A launch or a visit that failed, and whose it was. */
  static final class Refused extends RuntimeException {
    private static final long serialVersionUID = 1;
    final transient SgxProcess process;
    final SgxException why;

    Refused(SgxProcess process, SgxException why) {
      super(why);
      this.process = process;
      this.why = why;
    }
  }

  final List<Door> doors = IntStream.range(0, DOORS).mapToObj(Door::new).toList();
  final Home home;

  /** Who is inside reads; who launches or destroys writes. */
  final ReentrantReadWriteLock walls = new ReentrantReadWriteLock();

  volatile Tenancy tenancy;

  /** Which page of the heap somebody inside touched last. */
  volatile int page;

  StormRoom(Home home) {
    this.home = home;
  }

  /** What is there now, launched if nothing is; the walls are held for reading. */
  Tenancy enter() {
    while (true) {
      walls.readLock().lock();
      Tenancy now = tenancy;
      if (now != null && now.process == home.process) {
        return now;
      }
      walls.readLock().unlock();
      launch();
    }
  }

  private void launch() {
    walls.writeLock().lock();
    SgxProcess process = home.process;
    try {
      if (tenancy == null || tenancy.process != process) {
        tenancy = null;
        SgxEnclave launched = process.launch(IMAGE);
        doors.forEach(door -> Arrays.fill(door.rounds, 0));
        tenancy = new Tenancy(process, launched, new AtomicInteger());
      }
    } catch (SgxException e) {
      throw new Refused(process, e);
    } finally {
      walls.writeLock().unlock();
    }
  }

  /** True unless somebody is inside. */
  boolean destroy() {
    if (!walls.writeLock().tryLock()) {
      return false;
    }
    try {
      Tenancy old = tenancy;
      tenancy = null;
      if (old != null) {
        old.enclave.close();
      }
      return old != null;
    } finally {
      walls.writeLock().unlock();
    }
  }
}
