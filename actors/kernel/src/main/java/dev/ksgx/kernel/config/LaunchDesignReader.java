package dev.ksgx.kernel.config;

import com.typesafe.config.ConfigException;
import dev.ksgx.kernel.config.UserLe.TokenCache;
import dev.ksgx.kernel.policy.LaunchPolicy;
import dev.ksgx.kernel.policy.WhiteList;

/** Reads the launch axes of the section {@code kernel}. */
final class LaunchDesignReader {
  private static final int MAX_THREADS = 64;
  private static final int MAX_WORKERS = 256;
  private static final int MAX_TOKENS = 1_000_000;

  private final KernelConfigReader config;

  private LaunchDesignReader(KernelConfigReader config) {
    this.config = config;
  }

  /**
   * @throws ConfigException.BadValue with the key, its value and what would be right
   */
  static LaunchDesign read(KernelConfigReader config, Preset preset) {
    return new LaunchDesignReader(config).read(preset.launch());
  }

  private LaunchDesign read(LaunchDesign ofPreset) {
    Launch tokens = config.axis("kernel.launch", Launch.values(), Launch::key, ofPreset.tokens());
    KernelLe.Channel channel =
        config.axis(
            "kernel.kernel-le.channel",
            KernelLe.Channel.values(),
            KernelLe.Channel::key,
            ofPreset.kernelLe().channel());
    LaunchDesign base = tokens == ofPreset.tokens() ? ofPreset : usual(tokens);
    LaunchDesign design =
        base.withKernelLe(
                new KernelLe(
                    channel,
                    config.whole("kernel.kernel-le.threads", 1, MAX_THREADS),
                    config.whole("kernel.kernel-le.tcs", 1, MAX_THREADS)))
            .withUserLe(userLe())
            .withHash(
                config.axis(
                    "kernel.hash-source", HashSource.values(), HashSource::key, base.hashSource()),
                config.axis("kernel.msr", MsrPolicy.values(), MsrPolicy::key, base.msr()))
            .withTokenFromUser(
                config.isPreset("kernel.token-from-user")
                    ? base.tokenFromUser()
                    : config.onOff("kernel.token-from-user"));
    if (design.hasUserLe() && !design.tokenFromUser()) {
      throw config.bad("kernel.token-from-user", "on: launch = user-le hands its tokens to INIT");
    }
    refuseSenseless(design);
    return design;
  }

  /** Pairs of hash source and policy with which no enclave could ever be launched. */
  private void refuseSenseless(LaunchDesign design) {
    switch (design.hashSource()) {
      case KERNEL_LE -> {
        if (!design.hasKernelLe()) {
          throw config.bad(
              "kernel.hash-source", usualSource(design) + ": only launch = kernel-le has one");
        }
        refuseNever(design, "boot writes that hash where no EINIT does");
      }
      case SIGNER -> {
        if (!design.isDirect() || design.tokenFromUser()) {
          throw config.bad(
              "kernel.hash-source",
              usualSource(design)
                  + ": a token is checked with the hash of the launch enclave that made it, so"
                  + " signer is for launch = direct without token-from-user");
        }
        refuseNever(design, "hash-source = boot is for MSRs that no EINIT writes");
      }
      case PER_FD -> {
        refuseUnheard(design);
        refuseNever(design, "what was said on a file has to be written by its EINITs");
      }
      case IOCTL -> refuseUnheard(design);
      case BOOT -> {}
    }
  }

  private void refuseNever(LaunchDesign design, String why) {
    if (design.msr() == MsrPolicy.NEVER) {
      throw config.bad(
          "kernel.msr",
          "lazy, cached or always with hash-source = %s: %s"
              .formatted(design.hashSource().key(), why));
    }
  }

  /** The kernel knows the hash of its own launch enclave: somebody else's is for other tokens. */
  private void refuseUnheard(LaunchDesign design) {
    if (design.hasKernelLe() && !design.tokenFromUser()) {
      throw config.bad(
          "kernel.hash-source",
          "kernel-le or boot where launch = kernel-le without token-from-user: all tokens are of"
              + " the kernel's launch enclave");
    }
  }

  private static String usualSource(LaunchDesign design) {
    return usual(design.tokens()).hashSource().key();
  }

  private static LaunchDesign usual(Launch tokens) {
    return switch (tokens) {
      case KERNEL_LE -> LaunchDesign.kernelLe(KernelLe.Channel.PIPES);
      case USER_LE -> LaunchDesign.userLe(UserLe.aesmd());
      case DIRECT -> LaunchDesign.direct(MsrPolicy.ALWAYS);
    };
  }

  private UserLe userLe() {
    String section = "kernel.user-le.";
    TokenCache cache =
        new TokenCache(
            config.choice(
                section + "cache.place", TokenCache.Place.values(), TokenCache.Place::key),
            config.whole(section + "cache.capacity", 1, MAX_TOKENS),
            config.nanos(section + "cache.expiry", 0),
            config.onOff(section + "cache.coalesce"));
    return new UserLe(
        config.whole(section + "workers", 1, MAX_WORKERS),
        config.whole(section + "enclaves", 1, MAX_THREADS),
        config.whole(section + "threads", 1, MAX_THREADS),
        config.choice(section + "life", UserLe.Life.values(), UserLe.Life::key),
        config.nanos(section + "idle-timeout", 1),
        cache,
        policy(section + "policy"),
        config.nanos(section + "client-timeout", 1),
        config.nanos(section + "queue-timeout", 1),
        1);
  }

  private LaunchPolicy policy(String key) {
    for (LaunchPolicy.Fixed policy : LaunchPolicy.Fixed.values()) {
      if (policy.key().equals(config.text(key))) {
        return policy;
      }
    }
    try {
      return WhiteList.read(config.file(key));
    } catch (IllegalArgumentException e) {
      throw config.bad(key, "everything, debug, or the file of a white list: " + e.getMessage());
    }
  }
}
