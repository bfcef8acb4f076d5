package dev.ksgx.trace.record;

import akka.actor.typed.internal.AdaptMessage;
import akka.actor.typed.internal.AdaptWithRegisteredMessageAdapter;
import dev.ksgx.runtime.probe.Level;
import dev.ksgx.runtime.probe.Resource;
import dev.ksgx.runtime.record.DigestSink;
import dev.ksgx.runtime.record.Endpoint;
import dev.ksgx.trace.log.TraceEvents;
import dev.ksgx.trace.log.TraceEvents.Dictionary;
import java.util.Arrays;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.WeakHashMap;

/** Numbers for names, in order of first use, each defined in the log before. */
final class Names {
  /** Akka's own events have types under this prefix. */
  static final String AKKA = "akka:";

  private final TraceEvents log;
  private final Map<Class<?>, Integer> types = new IdentityHashMap<>();
  private final Map<String, Integer> akkaTypes = new HashMap<>();
  private final Map<String, Integer> fields = new HashMap<>();
  private final Map<String, Integer> labels = new HashMap<>();
  private final Map<Level, Integer> levels = new IdentityHashMap<>();
  private final Map<Resource, Integer> resources = new WeakHashMap<>();
  private final Map<String, Integer> strangers = new HashMap<>();
  private int[] actors = new int[64];
  private int actorCount;
  private int typeCount;
  private int resourceCount;

  Names(TraceEvents log) {
    this.log = log;
  }

  /** What an adapter will turn into a message of the actor's own; else the message itself. */
  static Object unwrapped(Object message) {
    if (message instanceof AdaptWithRegisteredMessageAdapter<?> adapted) {
      return adapted.msg();
    }
    return message instanceof AdaptMessage<?, ?> adapted ? adapted.message() : message;
  }

  int actor(Endpoint endpoint) {
    if (endpoint == null) {
      return 0;
    }
    int index = endpoint.number();
    if (index >= actors.length) {
      actors = Arrays.copyOf(actors, Math.max(index + 1, 2 * actors.length));
    }
    if (actors[index] == 0) {
      actors[index] = ++actorCount;
      log.name(Dictionary.ACTOR, actorCount, endpoint.path());
    }
    return actors[index];
  }

  /** An actor of which only the path is known. */
  int actor(String path) {
    Integer number = strangers.get(path);
    if (number == null) {
      number = ++actorCount;
      strangers.put(path, number);
      log.name(Dictionary.ACTOR, number, path);
    }
    return number;
  }

  int type(Class<?> type) {
    Integer number = types.get(type);
    if (number == null) {
      number = ++typeCount;
      types.put(type, number);
      log.name(Dictionary.TYPE, number, DigestSink.typeName(type));
    }
    return number;
  }

  int akkaType(String what) {
    Integer number = akkaTypes.get(what);
    if (number == null) {
      number = ++typeCount;
      akkaTypes.put(what, number);
      log.name(Dictionary.TYPE, number, AKKA + what);
    }
    return number;
  }

  int field(String name) {
    return number(fields, Dictionary.FIELD, name);
  }

  int label(String name) {
    return number(labels, Dictionary.LABEL, name);
  }

  private int number(Map<String, Integer> known, Dictionary dictionary, String name) {
    Integer number = known.get(name);
    if (number == null) {
      number = known.size() + 1;
      known.put(name, number);
      log.name(dictionary, number, name);
    }
    return number;
  }

  int level(Level level) {
    Integer number = levels.get(level);
    if (number == null) {
      number = levels.size() + 1;
      levels.put(level, number);
      log.name(Dictionary.LEVEL, number, level.name());
    }
    return number;
  }

  /** Resources come and go with what they belong to, so they are not kept alive here. */
  int resource(Resource resource) {
    Integer number = resources.get(resource);
    if (number == null) {
      number = ++resourceCount;
      resources.put(resource, number);
      log.resource(number, resource.name(), resource.group(), resource.capacity());
    }
    return number;
  }
}
