package dev.ksgx.runtime;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.Behaviors;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigValueFactory;

/**
 * Makes live systems that fail fast: an exception in the guardian's tree is named and ends the
 * system.
 */
public final class LiveSystem {
  private LiveSystem() {}

  /**
   * A live system with that seed for its random streams. Its first failure is {@link
   * RuntimeExtension#failure()}; a failed child spawned by {@link Children} fails its parent, up to
   * the guardian, and with the guardian the system terminates.
   */
  public static <T> ActorSystem<T> create(Behavior<T> guardian, String name, long seed) {
    return create(guardian, name, seed, ConfigFactory.empty());
  }

  /** As above; {@code config} lies over application.conf and the reference configuration. */
  public static <T> ActorSystem<T> create(
      Behavior<T> guardian, String name, long seed, Config config) {
    Config seeded =
        config
            .withValue("ksgx.runtime.seed", ConfigValueFactory.fromAnyRef(seed))
            .withFallback(ConfigFactory.load())
            .resolve();
    Behavior<T> reporting =
        Behaviors.setup(
            context -> RuntimeExtension.get(context.getSystem()).reportingFailures(guardian));
    return ActorSystem.create(reporting, name, seeded);
  }
}
