package dev.ksgx.kernel.junit;

import dev.ksgx.kernel.config.KernelConfig;
import dev.ksgx.kernel.config.Preset;
import dev.ksgx.kernel.embed.KernelAudit;
import dev.ksgx.kernel.embed.SgxKernel;
import dev.ksgx.kernel.embed.SgxProcess;
import dev.ksgx.kernel.embed.SimulatedKernel;
import java.lang.reflect.Constructor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Gives each test a kernel of its own as a parameter: {@link SgxKernel}, {@link SimulatedKernel} if
 * it is simulated, or {@link SgxProcess} for a new process of it. After a test that passed no call
 * may be open; then every process exits, and every frame must be free, every access word 0, and no
 * leaf may have met a table conflict but those that the test injected.
 *
 * <pre>{@code
 * @RegisterExtension
 * static final SgxKernelExtension SGX = SgxKernelExtension.simulated(7);
 * }</pre>
 */
public final class SgxKernelExtension implements ParameterResolver, AfterEachCallback {
  private static final ExtensionContext.Namespace SPACE =
      ExtensionContext.Namespace.create(SgxKernelExtension.class);

  private final Function<KernelConfig, SgxKernel> boot;
  private final Class<? extends SgxKernel> type;
  private final KernelConfig config;

  private SgxKernelExtension(
      Function<KernelConfig, SgxKernel> boot,
      Class<? extends SgxKernel> type,
      KernelConfig config) {
    this.boot = boot;
    this.type = type;
    this.config = config;
  }

  /** Live kernels of the v5 preset. */
  public static SgxKernelExtension live() {
    return new SgxKernelExtension(
        SgxKernel::start, SgxKernel.class, KernelConfig.preset(Preset.V5));
  }

  /** Kernels of the v5 preset in virtual time, all with the same seed. */
  public static SgxKernelExtension simulated(long seed) {
    return new SgxKernelExtension(
        config -> SgxKernel.simulated(config, seed),
        SimulatedKernel.class,
        KernelConfig.preset(Preset.V5));
  }

  /** The same with kernels of another configuration. */
  public SgxKernelExtension with(KernelConfig other) {
    return new SgxKernelExtension(boot, type, other);
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext test) {
    Class<?> wanted = parameter.getParameter().getType();
    return !(parameter.getDeclaringExecutable() instanceof Constructor)
        && test.getTestMethod().isPresent()
        && (wanted == SgxProcess.class || wanted == SgxKernel.class || wanted == type);
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext test) {
    SgxKernel kernel =
        test.getStore(SPACE)
            .getOrComputeIfAbsent(this, booted -> boot.apply(config), SgxKernel.class);
    return parameter.getParameter().getType() == SgxProcess.class ? kernel.process() : kernel;
  }

  @Override
  public void afterEach(ExtensionContext test) {
    try (SgxKernel kernel = test.getStore(SPACE).remove(this, SgxKernel.class)) {
      if (kernel != null && test.getExecutionException().isEmpty()) {
        verify(kernel);
      }
    }
  }

  /**
   * @throws AssertionError naming everything that does not balance
   */
  private static void verify(SgxKernel kernel) {
    List<String> found = new ArrayList<>();
    int open = kernel.audit().openCalls();
    if (open != 0) {
      found.add("the test left %d calls open".formatted(open));
    }
    kernel.exitAll();
    KernelAudit end = kernel.audit();
    if (end.free() != end.frames()) {
      found.add("%d of %d frames are not free".formatted(end.frames() - end.free(), end.frames()));
    }
    found.addAll(end.violations());
    if (!found.isEmpty()) {
      throw new AssertionError("the kernel's books at the end: " + String.join("; ", found));
    }
  }
}
