package dev.ksgx.kernel.check;

import dev.ksgx.hardware.cpu.Machine;
import dev.ksgx.hardware.epc.Epcm;
import dev.ksgx.hardware.epc.EpcmState;
import dev.ksgx.hardware.structure.PageType;
import java.util.BitSet;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Compares the books of the driver with each other and with the EPCM, in full or for the frames and
 * pages that were touched since. Between any two messages a frame may be on its way, owned by
 * nobody; at rest each has an owner.
 */
public final class Conservation {
  private final Inspection inspection;
  private final Set<Long> dead = new LinkedHashSet<>();

  /**
   * @param inspection of a system in which a kernel has booted with inspection on
   */
  public Conservation(Inspection inspection) {
    this.inspection = inspection;
  }

  /**
   * Everything.
   *
   * @param atRest nothing is under way
   * @return what does not balance
   */
  public List<Violation> full(boolean atRest) {
    Findings findings = new Findings();
    inspection.takeFrames();
    inspection.pages().clear();
    EnclaveRules rules = rules(findings);
    Owners owners = new Owners(inspection.machine().epc().frames(), findings);
    for (EnclaveView enclave : inspection.enclaves()) {
      deadStays(enclave, findings);
      enclave(enclave, rules, owners, findings);
    }
    pool(findings);
    frames(owners, atRest, rules, findings);
    conflicts(findings);
    return findings.all();
  }

  /**
   * The frames and pages touched since the last check; an enclave on its way is looked at again.
   */
  public List<Violation> touched() {
    Findings findings = new Findings();
    EnclaveRules rules = rules(findings);
    for (int frame : inspection.takeFrames()) {
      if (inspection.pool().isFree(frame)) {
        poolNotValid(frame, rules, findings);
      }
    }
    for (Iterator<Map.Entry<Long, Set<Long>>> each = inspection.pages().entrySet().iterator();
        each.hasNext(); ) {
      Map.Entry<Long, Set<Long>> entry = each.next();
      EnclaveView enclave = inspection.enclave(entry.getKey());
      deadStays(enclave, findings);
      rules.secs(enclave);
      entry.getValue().forEach(address -> page(enclave, address, rules));
      if (enclave.isSettled()) {
        each.remove();
      }
    }
    counts(inspection.pool().free(), findings);
    conflicts(findings);
    return findings.all();
  }

  private EnclaveRules rules(Findings findings) {
    return new EnclaveRules(inspection.machine(), inspection.pool(), findings);
  }

  private static void page(EnclaveView enclave, long address, EnclaveRules rules) {
    PageView page = enclave.page(address);
    if (page != null) {
      rules.page(enclave, page);
      enclave.forEachEntryOf(address, frame -> rules.entry(enclave, address, frame));
    }
  }

  private void deadStays(EnclaveView enclave, Findings findings) {
    if (enclave.isDead()) {
      dead.add(enclave.number());
    } else if (dead.contains(enclave.number())) {
      findings.add(Invariant.DEAD_STAYS, Findings.enclave(enclave), "was dead and is alive");
    }
  }

  private void enclave(EnclaveView enclave, EnclaveRules rules, Owners owners, Findings findings) {
    rules.secs(enclave);
    owners.claim(enclave.secsFrame(), enclave, Findings.SECS);
    Slots slots = new Slots(enclave, findings);
    int[] resident = new int[1];
    enclave.forEachPage(
        page -> {
          rules.page(enclave, page);
          slots.owned(page.slot(), page.address());
          resident[0] += page.isResident() ? 1 : 0;
          owners.claim(page.frame(), enclave, page.address());
        });
    slots.ownedBySecs();
    slots.compareWithTaken();
    enclave.forEachVersionArray(
        array -> {
          rules.versionArray(enclave, array);
          slots.home(array.home());
          owners.claim(array.frame(), enclave, Findings.VERSION_ARRAY);
        });
    enclave.forEachEntry((address, frame) -> rules.entry(enclave, address, frame));
    if (resident[0] != enclave.resident()) {
      findings.add(
          Invariant.CHILDREN,
          Findings.enclave(enclave),
          "counts %d resident pages and has %d",
          enclave.resident(),
          resident[0]);
    }
  }

  private void pool(Findings findings) {
    BitSet seen = new BitSet();
    int[] length = new int[1];
    inspection
        .pool()
        .forEachFree(
            frame -> {
              length[0]++;
              if (seen.get(frame)) {
                findings.add(
                    Invariant.ONE_OWNER, Findings.frame(frame), "is in the pool more than once");
              }
              seen.set(frame);
            });
    counts(length[0], findings);
  }

  private void counts(int length, Findings findings) {
    PoolView pool = inspection.pool();
    int frames = inspection.machine().epc().frames();
    if (pool.free() != length || pool.inUse() != frames - length) {
      findings.add(
          Invariant.FREE_COUNT,
          "the pool",
          "counts %d free and %d in use of %d, and has %d",
          pool.free(),
          pool.inUse(),
          frames,
          length);
    }
  }

  private void poolNotValid(int frame, EnclaveRules rules, Findings findings) {
    if (EpcmState.has(epcm().state(frame), EpcmState.VALID)) {
      findings.add(
          Invariant.POOL_NOT_VALID,
          Findings.frame(frame),
          "is in the pool and holds %s",
          rules.describe(frame));
    }
  }

  private Epcm epcm() {
    return inspection.machine().epc().epcm();
  }

  /** Frame by frame, and the children of each SECS as the EPCM has them. */
  private void frames(Owners owners, boolean atRest, EnclaveRules rules, Findings findings) {
    Machine machine = inspection.machine();
    Map<Integer, Integer> children = new TreeMap<>();
    for (int frame = 0; frame < machine.epc().frames(); frame++) {
      int state = epcm().state(frame);
      boolean valid = EpcmState.has(state, EpcmState.VALID);
      if (inspection.pool().isFree(frame)) {
        poolNotValid(frame, rules, findings);
      } else if (atRest && !owners.has(frame)) {
        findings.add(
            Invariant.ONE_OWNER,
            Findings.frame(frame),
            "is nobody's and %s",
            valid ? "holds " + rules.describe(frame) : "is not in the pool");
      }
      if (valid && isChild(EpcmState.type(state))) {
        children.merge(epcm().owner(frame), 1, Integer::sum);
      }
    }
    children.keySet().forEach(secs -> secsStays(secs, findings));
    inspection.enclaves().forEach(enclave -> children(enclave, children, findings));
  }

  private static boolean isChild(PageType type) {
    return type != PageType.SECS && type != PageType.VA;
  }

  private void secsStays(int frame, Findings findings) {
    if (!EpcmState.isValid(epcm().state(frame), PageType.SECS)) {
      findings.add(
          Invariant.SECS_STAYS, Findings.frame(frame), "has children and holds no SECS any more");
    }
  }

  private static void children(
      EnclaveView enclave, Map<Integer, Integer> children, Findings findings) {
    int found = children.getOrDefault(enclave.secsFrame(), 0);
    if (enclave.isSettled() && enclave.secsFrame() >= 0 && found != enclave.resident()) {
      findings.add(
          Invariant.CHILDREN,
          Findings.enclave(enclave),
          "counts %d resident pages, the EPCM has %d",
          enclave.resident(),
          found);
    }
  }

  private void conflicts(Findings findings) {
    long conflicts = inspection.machine().conflicts() - inspection.injectedConflicts();
    if (conflicts > 0) {
      findings.add(Invariant.NO_CONFLICT, "the machine", "%d leaves met one", conflicts);
    }
  }
}
