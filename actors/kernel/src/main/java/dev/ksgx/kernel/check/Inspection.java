package dev.ksgx.kernel.check;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.Extension;
import akka.actor.typed.ExtensionId;
import dev.ksgx.hardware.cpu.Machine;
import dev.ksgx.kernel.config.Bugs;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Where the actors of the kernel of one system show their books. It is off, and keeps nothing,
 * unless {@link #switchOn()} is called before the kernel boots; that is for systems in virtual time
 * alone.
 */
public final class Inspection implements Extension {
  private static final class Id extends ExtensionId<Inspection> {
    @Override
    public Inspection createExtension(ActorSystem<?> system) {
      return new Inspection();
    }
  }

  private static final Id ID = new Id();

  private final Map<Long, EnclaveView> enclaves = new LinkedHashMap<>();
  private final Set<Integer> frames = new LinkedHashSet<>();
  private final Set<Integer> followed = new LinkedHashSet<>();
  private final Map<Long, Set<Long>> pages = new LinkedHashMap<>();
  private Consumer<EnclaveView> closing = enclave -> {};
  private boolean on;
  private Machine machine;
  private Bugs bugs;
  private PoolView pool;
  private long injectedConflicts;

  Inspection() {}

  /** The inspection of that system. */
  public static Inspection of(ActorSystem<?> system) {
    return system.registerExtension(ID);
  }

  /**
   * From now on the books are shown.
   *
   * @throws IllegalStateException if the kernel has booted
   */
  public void switchOn() {
    if (machine != null) {
      throw new IllegalStateException("the kernel has booted without inspection");
    }
    on = true;
  }

  /** The kernel boots. */
  public void boots(Machine machineOfKernel, Bugs bugsOfKernel) {
    machine = machineOfKernel;
    bugs = bugsOfKernel;
  }

  /** The pool of free frames is there. */
  public void opened(PoolView poolOfKernel) {
    if (on) {
      pool = poolOfKernel;
    }
  }

  /** A fault was injected: one conflict more is as it should be. */
  public void conflictInjected() {
    if (on) {
      injectedConflicts++;
    }
  }

  /** An enclave comes into being. */
  public void opened(EnclaveView enclave) {
    if (on) {
      enclaves.put(enclave.number(), enclave);
    }
  }

  /** An enclave gives back what it has; nothing happens if it did before. */
  public void closed(long number) {
    EnclaveView enclave = enclaves.get(number);
    if (enclave != null) {
      closing.accept(enclave);
      enclaves.remove(number);
      pages.remove(number);
    }
  }

  /** Who is to look at an enclave before it gives back what it has. */
  void onClosing(Consumer<EnclaveView> listener) {
    closing = listener;
  }

  /** A frame was allocated or freed. */
  public void touched(int frame) {
    if (on) {
      frames.add(frame);
      followed.remove(frame);
    }
  }

  /** A page came or went, or flags of its enclave changed. */
  public void touched(long enclave, long page) {
    if (on && enclaves.containsKey(enclave)) {
      pages.computeIfAbsent(enclave, number -> new LinkedHashSet<>()).add(page);
    }
  }

  boolean isReady() {
    return pool != null;
  }

  Machine machine() {
    return machine;
  }

  Bugs bugs() {
    return bugs;
  }

  PoolView pool() {
    return pool;
  }

  Collection<EnclaveView> enclaves() {
    return enclaves.values();
  }

  EnclaveView enclave(long number) {
    return enclaves.get(number);
  }

  long injectedConflicts() {
    return injectedConflicts;
  }

  /** Frames touched since this was last asked for. */
  Set<Integer> takeFrames() {
    Set<Integer> taken = new LinkedHashSet<>(frames);
    frames.clear();
    return taken;
  }

  /**
   * Frames that are followed on their way; one that comes to the pool, or leaves it, is not any
   * more.
   */
  Set<Integer> followed() {
    return followed;
  }

  /** Touched pages by enclave, for the check to remove those that are done. */
  Map<Long, Set<Long>> pages() {
    return pages;
  }
}
