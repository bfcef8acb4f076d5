package dev.ksgx.kernel.daemon;

import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import dev.ksgx.hardware.structure.Bytes;
import dev.ksgx.kernel.config.UserLe;
import dev.ksgx.kernel.launch.TokenRequest;
import dev.ksgx.protocol.message.TokenStoreMessage;
import dev.ksgx.runtime.clock.Clock;
import java.util.Map;
import java.util.TreeMap;

/**
 * The tokens of one daemon that programs keep in their own memory, process by process: a thread
 * finds there what another one of its process got from the daemon.
 */
public final class ApplicationTokens extends AbstractBehavior<TokenStoreMessage.Request> {
  private final Clock clock;
  private final UserLe.TokenCache config;
  private final TokenCache.Counts counts = new TokenCache.Counts();
  private final Map<Integer, TokenCache> caches = new TreeMap<>();

  public static Behavior<TokenStoreMessage.Request> create(Clock clock, UserLe.TokenCache config) {
    return Behaviors.setup(context -> new ApplicationTokens(context, clock, config));
  }

  /** What the actor is called that keeps the tokens of that signer's daemon. */
  public static String name(int signer) {
    return Daemon.named("application-tokens", signer);
  }

  private ApplicationTokens(
      ActorContext<TokenStoreMessage.Request> context, Clock clock, UserLe.TokenCache config) {
    super(context);
    this.clock = clock;
    this.config = config;
  }

  @Override
  public Receive<TokenStoreMessage.Request> createReceive() {
    return newReceiveBuilder()
        .onMessage(TokenStoreMessage.Find.class, this::onFind)
        .onMessage(TokenStoreMessage.Keep.class, this::onKeep)
        .onMessage(TokenStoreMessage.AskCounters.class, this::onAskCounters)
        .build();
  }

  private Behavior<TokenStoreMessage.Request> onFind(TokenStoreMessage.Find find) {
    Bytes token = of(find.pid()).find(key(find.bytes()), clock.nowNanos());
    find.replyTo().tell(new TokenStoreMessage.Found(find.call(), token));
    return this;
  }

  private Behavior<TokenStoreMessage.Request> onKeep(TokenStoreMessage.Keep keep) {
    of(keep.pid()).keep(key(keep.bytes()), keep.token(), clock.nowNanos());
    return this;
  }

  private TokenCache of(int pid) {
    return caches.computeIfAbsent(
        pid, unused -> new TokenCache(config.capacity(), config.expiryNanos(), counts));
  }

  private static TokenKey key(Bytes request) {
    return TokenKey.ofApplication(TokenRequest.parse(request));
  }

  private Behavior<TokenStoreMessage.Request> onAskCounters(TokenStoreMessage.AskCounters ask) {
    ask.replyTo()
        .tell(
            new TokenStoreMessage.Counters(
                ask.call(), counts.hits, counts.misses, counts.evicted, counts.expired));
    return this;
  }
}
