package dev.ksgx.kernel.process;

import akka.actor.typed.ActorRef;
import dev.ksgx.kernel.config.IoctlGeneration;
import dev.ksgx.protocol.abi.CallResult;
import dev.ksgx.protocol.abi.Errno;
import dev.ksgx.protocol.message.AddressSpaceMessage;
import dev.ksgx.protocol.message.EnclaveMessage;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The mappings of one process, by address. */
final class Vmas {
  /** Where the search for a free range starts: well above what a program maps itself. */
  private static final long LOWEST = 0x7000_0000_0000L;

  private final TreeMap<Long, Vma> byBase = new TreeMap<>();

  /** Map {@code bytes} (a power of two) at the lowest free address that is a multiple of it. */
  Vma map(long bytes) {
    long base = LOWEST & -bytes;
    for (Vma vma : byBase.values()) {
      if (vma.overlaps(base, base + bytes)) {
        base = (vma.end() + bytes - 1) & -bytes;
      }
    }
    Vma vma = new Vma(base, bytes);
    byBase.put(base, vma);
    return vma;
  }

  /** The mapping that covers {@code address}, or null. */
  Vma at(long address) {
    Map.Entry<Long, Vma> below = byBase.floorEntry(address);
    return below == null || address >= below.getValue().end() ? null : below.getValue();
  }

  /**
   * What a look-up found.
   *
   * @param enclave null unless {@code result} is zero
   */
  record Found(ActorRef<EnclaveMessage.Request> enclave, CallResult result) {}

  /** Look-up of an enclave for an ioctl (driver.md 1.5, steps 2 and 3). */
  Found find(long address, IoctlGeneration ioctls) {
    Vma vma = at(address);
    if (vma == null) {
      return new Found(null, CallResult.failed(Errno.EINVAL, "no SGX mapping covers the address"));
    }
    if (vma.enclave == null) {
      return new Found(
          null, CallResult.failed(ioctls.noEnclave(), "no enclave was created in the mapping"));
    }
    return new Found(vma.enclave, CallResult.OK);
  }

  /** The last steps of CREATE (driver.md 1.5): exactly one mapping covers the enclave. */
  CallResult bind(long base, long bytes, ActorRef<EnclaveMessage.Request> enclave) {
    Vma vma = at(base);
    if (vma == null) {
      return CallResult.failed(Errno.EINVAL, "CREATE: no SGX mapping at the enclave's base");
    }
    if (vma.enclave != null) {
      return CallResult.failed(Errno.EINVAL, "CREATE: the mapping has an enclave already");
    }
    if (vma.base != base || vma.bytes != bytes) {
      return CallResult.failed(
          Errno.EINVAL, "CREATE: the mapping must cover exactly the enclave's range");
    }
    vma.enclave = enclave;
    return CallResult.OK;
  }

  /** All mappings, as a child gets them. */
  List<AddressSpaceMessage.Mapping> copy() {
    return byBase.values().stream()
        .map(vma -> new AddressSpaceMessage.Mapping(vma.base, vma.bytes, vma.enclave))
        .toList();
  }

  /** A child's first mappings. */
  void inherit(List<AddressSpaceMessage.Mapping> mappings) {
    for (AddressSpaceMessage.Mapping mapping : mappings) {
      Vma vma = new Vma(mapping.base(), mapping.bytes());
      vma.enclave = mapping.enclave();
      byBase.put(vma.base, vma);
    }
  }

  /**
   * What {@link #remove} did to one mapping.
   *
   * @param enclave bound to it, or null
   * @param remaining pieces of it that stay: 0, 1, or 2 if the hole is in its middle
   */
  record Cut(ActorRef<EnclaveMessage.Request> enclave, int remaining) {}

  /** Take {@code [from, to)} out of every mapping that it touches. */
  List<Cut> remove(long from, long to) {
    List<Cut> cuts = new ArrayList<>();
    for (Vma vma : List.copyOf(byBase.values())) {
      if (vma.overlaps(from, to)) {
        byBase.remove(vma.base);
        int remaining = keep(vma, vma.base, from) + keep(vma, to, vma.end());
        cuts.add(new Cut(vma.enclave, remaining));
      }
    }
    return cuts;
  }

  private int keep(Vma whole, long from, long to) {
    if (from >= to) {
      return 0;
    }
    Vma piece = new Vma(from, to - from);
    piece.enclave = whole.enclave;
    byBase.put(from, piece);
    return 1;
  }
}
