package dev.ksgx.kernel.config;

/**
 * How enclaves get past the launch control of EINIT: the axes of the argument of November 2017
 * (design.md 3). Immutable; {@code withX} gives a changed copy.
 *
 * @param tokens who makes tokens
 * @param kernelLe the kernel's launch enclave, where it makes them
 * @param userLe the daemon, where it makes them
 * @param hashSource who says whose hash the MSRs hold
 * @param msr when they are written
 * @param tokenFromUser whether INIT takes a token from its caller (ABI 0x4018A402); it is used
 *     before any other is asked for
 */
public record LaunchDesign(
    Launch tokens,
    KernelLe kernelLe,
    UserLe userLe,
    HashSource hashSource,
    MsrPolicy msr,
    boolean tokenFromUser) {

  /**
   * Tokens of the kernel's launch enclave; its hash is written when an EINIT fails for want of it.
   */
  public static LaunchDesign kernelLe(KernelLe.Channel channel) {
    return new LaunchDesign(
        Launch.KERNEL_LE,
        KernelLe.single(channel),
        UserLe.aesmd(),
        HashSource.KERNEL_LE,
        MsrPolicy.LAZY,
        false);
  }

  /** Tokens of a daemon whose hash was written to every core at load. */
  public static LaunchDesign userLe(UserLe daemon) {
    return new LaunchDesign(
        Launch.USER_LE,
        KernelLe.single(KernelLe.Channel.PIPES),
        daemon,
        HashSource.BOOT,
        MsrPolicy.NEVER,
        true);
  }

  /** No tokens: the MSRs get the hash of the enclave's signer. */
  public static LaunchDesign direct(MsrPolicy msr) {
    return new LaunchDesign(
        Launch.DIRECT,
        KernelLe.single(KernelLe.Channel.PIPES),
        UserLe.aesmd(),
        HashSource.SIGNER,
        msr,
        false);
  }

  /** Whether a launch enclave of the kernel makes tokens. */
  public boolean hasKernelLe() {
    return tokens == Launch.KERNEL_LE;
  }

  /** Whether a daemon in user space makes tokens. */
  public boolean hasUserLe() {
    return tokens == Launch.USER_LE;
  }

  /** Whether enclaves are initialised without a token. */
  public boolean isDirect() {
    return tokens == Launch.DIRECT;
  }

  /** With another launch enclave of the kernel. */
  public LaunchDesign withKernelLe(KernelLe other) {
    return new LaunchDesign(tokens, other, userLe, hashSource, msr, tokenFromUser);
  }

  /** With another daemon. */
  public LaunchDesign withUserLe(UserLe other) {
    return new LaunchDesign(tokens, kernelLe, other, hashSource, msr, tokenFromUser);
  }

  /** With the hash of somebody else, written at other times. */
  public LaunchDesign withHash(HashSource source, MsrPolicy policy) {
    return new LaunchDesign(tokens, kernelLe, userLe, source, policy, tokenFromUser);
  }

  /** With tokens of the caller, or without. */
  public LaunchDesign withTokenFromUser(boolean taken) {
    return new LaunchDesign(tokens, kernelLe, userLe, hashSource, msr, taken);
  }
}
