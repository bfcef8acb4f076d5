package dev.ksgx.runtime.virtual;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import com.typesafe.config.ConfigValueType;
import dev.ksgx.runtime.record.RecordingMailbox;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Turns any Akka configuration into one of virtual time. */
final class VirtualConfig {
  private VirtualConfig() {}

  /**
   * @throws IllegalArgumentException naming a dispatcher that would bring its own threads along and
   *     cannot be rewritten
   */
  static Config of(VirtualOptions options) {
    Config config =
        ConfigFactory.parseResources(VirtualConfig.class, "virtual.conf")
            .withFallback(options.config())
            .withFallback(ConfigFactory.load())
            .resolve();
    config =
        config.withValue(
            "akka.scheduler.implementation",
            ConfigValueFactory.fromAnyRef(VirtualScheduler.class.getName()));
    if (options.recording()) {
      config =
          config.withValue(
              "akka.actor.typed.default-mailbox.mailbox-type",
              ConfigValueFactory.fromAnyRef(RecordingMailbox.class.getName()));
    }
    String type = options.tracing() ? TracingDispatchers.class.getName() : "Dispatcher";
    for (List<String> dispatcher : dispatchers(config.root(), List.of(), new ArrayList<>())) {
      config = rewrite(config, ConfigUtil.joinPath(dispatcher), type);
    }
    return config;
  }

  /** Every object that names an executor is a dispatcher. */
  private static List<List<String>> dispatchers(
      ConfigObject object, List<String> path, List<List<String>> found) {
    ConfigValue executor = object.get("executor");
    if (executor != null && executor.valueType() == ConfigValueType.STRING) {
      found.add(path);
    }
    for (Map.Entry<String, ConfigValue> entry : object.entrySet()) {
      if (entry.getValue() instanceof ConfigObject child) {
        List<String> longer = new ArrayList<>(path);
        longer.add(entry.getKey());
        dispatchers(child, longer, found);
      }
    }
    return found;
  }

  private static Config rewrite(Config config, String path, String newType) {
    String typePath = path + ".type";
    String type = config.hasPath(typePath) ? config.getString(typePath) : "Dispatcher";
    if (!type.equals("Dispatcher") && !type.equals("PinnedDispatcher")) {
      throw new IllegalArgumentException(
          "dispatcher "
              + path
              + " has type "
              + type
              + ", which virtual time cannot drive; use type Dispatcher");
    }
    return config
        .withValue(typePath, ConfigValueFactory.fromAnyRef(newType))
        .withValue(
            path + ".executor", ConfigValueFactory.fromAnyRef(VirtualExecutor.class.getName()))
        .withValue(path + ".throughput", ConfigValueFactory.fromAnyRef(1));
  }
}
