package dev.ksgx.protocol.abi;

import dev.ksgx.hardware.structure.Bytes;
import dev.ksgx.hardware.structure.SigStruct;

/**
 * An ioctl of {@code /dev/sgx} as v5 has it (driver.md 1.2, 1.3), and ADD_PAGES of mainline. An
 * enclave is named by an address in it, where mainline takes the open file: INIT has 0x4008A402
 * there, and a page by itself is a range of one. A null argument stands for a user address from
 * which nothing can be copied.
 */
public sealed interface SgxIoctl {
  int CREATE = 0x4008A400;
  int ADD_PAGE = 0x401AA401;
  int ADD_PAGES = 0xC030A401;
  int INIT = 0x4010A402;
  int INIT_WITH_TOKEN = 0x4018A402;
  int SET_FILE_HASH = 0x4020A430;
  int SET_MACHINE_HASH = 0x4020A431;

  /** The ioctl number. */
  int number();

  /**
   * SGX_IOC_ENCLAVE_CREATE.
   *
   * @param secs 4,096 bytes of SECS image
   */
  record Create(Bytes secs) implements SgxIoctl {
    @Override
    public int number() {
      return CREATE;
    }
  }

  /**
   * SGX_IOC_ENCLAVE_ADD_PAGE.
   *
   * @param addr linear address of the page inside the enclave
   * @param src 4,096 bytes of page content
   * @param secinfo 64 bytes of SECINFO
   * @param mrmask bit n set: measure the 256-byte chunk n
   */
  record AddPage(long addr, Bytes src, Bytes secinfo, int mrmask) implements SgxIoctl {
    @Override
    public int number() {
      return ADD_PAGE;
    }
  }

  /**
   * Pages one after the other in one call, as SGX_IOC_ENCLAVE_ADD_PAGES of mainline adds a range;
   * here all of them have the content of {@code src}, as the pages of a heap or a stack do. It ends
   * early if a signal comes: it returns 0 all the same, and {@link CallResult#count} says how much
   * was added.
   *
   * @param addr linear address of the first page
   * @param pages number of pages, at least 1
   * @param src 4,096 bytes of content of each page
   * @param secinfo 64 bytes of SECINFO
   * @param mrmask bit n set: measure the 256-byte chunk n of each page
   */
  record AddPages(long addr, long pages, Bytes src, Bytes secinfo, int mrmask) implements SgxIoctl {
    @Override
    public int number() {
      return ADD_PAGES;
    }
  }

  /**
   * SGX_IOC_ENCLAVE_INIT.
   *
   * @param addr any page address of the enclave
   * @param sigstruct the SIGSTRUCT; a value, so that its signature is verified once however often
   *     it is used
   * @param architectural set only by the kernel's own launch enclave: its EINIT asks for no token
   */
  record Init(long addr, SigStruct sigstruct, boolean architectural) implements SgxIoctl {
    @Override
    public int number() {
      return INIT;
    }
  }

  /**
   * SGX_IOC_ENCLAVE_INIT of the out-of-tree driver: with a token of the caller.
   *
   * @param addr any page address of the enclave
   * @param sigstruct the SIGSTRUCT
   * @param token where the 304 bytes of the EINITTOKEN are; its threads may change them until the
   *     driver has copied them
   */
  record InitWithToken(long addr, SigStruct sigstruct, UserBuffer token) implements SgxIoctl {
    /** With a token that nobody changes; null if it cannot be copied. */
    public InitWithToken(long addr, SigStruct sigstruct, Bytes token) {
      this(addr, sigstruct, token == null ? null : () -> token);
    }

    @Override
    public int number() {
      return INIT_WITH_TOKEN;
    }
  }

  /**
   * MODEL, no driver had it: whose launch enclave made the tokens that come with INIT on this open
   * file (hash source per-fd). Once for each file; anybody may.
   *
   * @param hash where the 32 bytes of the launch enclave's MRSIGNER are
   */
  record SetFileHash(Bytes hash) implements SgxIoctl {
    @Override
    public int number() {
      return SET_FILE_HASH;
    }
  }

  /**
   * MODEL, no driver had it: whose launch enclave makes the tokens of the whole machine (hash
   * source ioctl).
   *
   * @param hash where the 32 bytes of the launch enclave's MRSIGNER are
   * @param privileged the caller has the capability for it
   */
  record SetMachineHash(Bytes hash, boolean privileged) implements SgxIoctl {
    @Override
    public int number() {
      return SET_MACHINE_HASH;
    }
  }

  /**
   * A call on that open file. One that does not say is made on the file with the lowest descriptor
   * that the process has open.
   */
  record OnFile(long descriptor, SgxIoctl ioctl) implements SgxIoctl {
    @Override
    public int number() {
      return ioctl.number();
    }
  }

  /** Any other number; the driver knows none. */
  record Unknown(int number) implements SgxIoctl {}
}
