package dev.ksgx.kernel.check;

import java.util.BitSet;
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
  private final Deaths deaths = new Deaths();

  /** Of enclaves that have gone since the last check. */
  private Findings ofClosed = new Findings();

  private TouchedCheck touched;

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
    Findings findings = takeOfClosed();
    inspection.takeFrames();
    inspection.pages().clear();
    touched = null;
    EnclaveRules rules = rules(findings);
    Owners owners = new Owners(inspection.machine().epc().frames(), findings);
    for (EnclaveView enclave : inspection.enclaves()) {
      deaths.look(enclave, findings);
      enclave(enclave, rules, owners, findings);
    }
    FrameRules frameRules = new FrameRules(inspection.machine(), inspection.pool(), findings);
    pool(frameRules, findings);
    frames(owners, atRest, rules, frameRules, findings);
    conflicts(findings);
    return findings.all();
  }

  /**
   * The frames, pages, slots and version arrays touched since the last check, against all that is
   * known of the others. The first time, and after {@link #full}, what there is counts as known.
   */
  public List<Violation> touched() {
    Findings findings = takeOfClosed();
    if (touched == null) {
      touched = new TouchedCheck(inspection, deaths);
    }
    touched.run(findings);
    conflicts(findings);
    return findings.all();
  }

  /**
   * Takes down the frames that are nobody's and not in the pool: calls in progress have them. They
   * are followed until {@link #follow} has seen each of them with an owner or it was in the pool.
   */
  void beginToFollow() {
    Set<Integer> nobodys = inspection.followed();
    nobodys.clear();
    Owners owners = owners();
    for (int frame = 0; frame < inspection.machine().epc().frames(); frame++) {
      if (!inspection.pool().isFree(frame) && !owners.has(frame)) {
        nobodys.add(frame);
      }
    }
  }

  /**
   * Looks who of the followed has an owner by now.
   *
   * @return whether none is left
   */
  boolean follow() {
    Set<Integer> nobodys = inspection.followed();
    if (!nobodys.isEmpty()) {
      Owners owners = owners();
      nobodys.removeIf(owners::has);
    }
    return nobodys.isEmpty();
  }

  /** Those of the followed that are left. */
  List<Violation> followed() {
    Findings findings = new Findings();
    FrameRules rules = new FrameRules(inspection.machine(), inspection.pool(), findings);
    inspection.followed().forEach(rules::nobodys);
    return findings.all();
  }

  private Owners owners() {
    Findings ignored = new Findings();
    Owners owners = new Owners(inspection.machine().epc().frames(), ignored);
    inspection.enclaves().forEach(enclave -> claim(enclave, owners));
    return owners;
  }

  private static void claim(EnclaveView enclave, Owners owners) {
    owners.claim(enclave.secsFrame(), enclave, Findings.SECS);
    enclave.forEachPage(page -> owners.claim(page.frame(), enclave, page.address()));
    enclave.forEachVersionArray(
        array -> owners.claim(array.frame(), enclave, Findings.VERSION_ARRAY));
  }

  /** An enclave is about to give back what it has: its own rules, for the last time. */
  void closing(EnclaveView enclave) {
    if (touched == null) {
      deaths.look(enclave, ofClosed);
      int frames = inspection.machine().epc().frames();
      enclave(enclave, rules(ofClosed), new Owners(frames, ofClosed), ofClosed);
    } else {
      touched.closing(enclave, ofClosed);
    }
    deaths.forget(enclave);
  }

  private Findings takeOfClosed() {
    Findings taken = ofClosed;
    ofClosed = new Findings();
    return taken;
  }

  private EnclaveRules rules(Findings findings) {
    return new EnclaveRules(inspection.machine(), inspection.pool(), findings);
  }

  private void enclave(EnclaveView enclave, EnclaveRules rules, Owners owners, Findings findings) {
    rules.secs(enclave);
    claim(enclave, owners);
    Slots slots = new Slots(enclave, findings);
    int[] resident = new int[1];
    enclave.forEachPage(
        page -> {
          rules.page(enclave, page);
          slots.owned(page.slot(), page.address());
          resident[0] += page.isResident() ? 1 : 0;
        });
    slots.ownedBySecs();
    slots.compareWithTaken();
    enclave.forEachVersionArray(
        array -> {
          rules.versionArray(enclave, array);
          slots.home(array.home());
        });
    enclave.forEachEntry((address, frame) -> rules.entry(enclave, address, frame));
    rules.resident(enclave, resident[0]);
  }

  private void pool(FrameRules rules, Findings findings) {
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
    rules.counts(length[0]);
  }

  /** Frame by frame, and the children of each SECS as the EPCM has them. */
  private void frames(
      Owners owners,
      boolean atRest,
      EnclaveRules enclaveRules,
      FrameRules rules,
      Findings findings) {
    Map<Integer, Integer> children = new TreeMap<>();
    for (int frame = 0; frame < inspection.machine().epc().frames(); frame++) {
      if (inspection.pool().isFree(frame)) {
        rules.inPool(frame);
      } else if (atRest && !owners.has(frame)) {
        rules.nobodys(frame);
      }
      if (rules.isChild(frame)) {
        children.merge(rules.secsOf(frame), 1, Integer::sum);
      }
    }
    children.keySet().forEach(rules::hasChildren);
    for (EnclaveView enclave : inspection.enclaves()) {
      enclaveRules.children(enclave, children.getOrDefault(enclave.secsFrame(), 0));
    }
  }

  private void conflicts(Findings findings) {
    long conflicts = inspection.machine().conflicts() - inspection.injectedConflicts();
    if (conflicts > 0) {
      findings.add(Invariant.NO_CONFLICT, "the machine", "%d leaves met one", conflicts);
    }
  }
}
