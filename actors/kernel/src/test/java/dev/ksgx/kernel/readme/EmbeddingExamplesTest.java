package dev.ksgx.kernel.readme;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import dev.ksgx.hardware.image.SampleEnclaves;
import dev.ksgx.hardware.image.SignedEnclave;
import dev.ksgx.hardware.program.EnclaveStep;
import dev.ksgx.hardware.structure.Bytes;
import dev.ksgx.hardware.structure.EinitToken;
import dev.ksgx.kernel.config.HashSource;
import dev.ksgx.kernel.config.KernelConfig;
import dev.ksgx.kernel.config.LaunchDesign;
import dev.ksgx.kernel.config.MsrPolicy;
import dev.ksgx.kernel.config.Preset;
import dev.ksgx.kernel.config.UserLe;
import dev.ksgx.kernel.embed.AsyncEnclave;
import dev.ksgx.kernel.embed.SgxEnclave;
import dev.ksgx.kernel.embed.SgxException;
import dev.ksgx.kernel.embed.SgxKernel;
import dev.ksgx.kernel.embed.SgxProcess;
import dev.ksgx.kernel.embed.SimulatedKernel;
import dev.ksgx.kernel.flow.Calls;
import dev.ksgx.kernel.launch.LaunchKey;
import dev.ksgx.kernel.process.LaunchSequence;
import dev.ksgx.protocol.abi.Errno;
import dev.ksgx.protocol.abi.RequestId;
import dev.ksgx.protocol.abi.TaskRef;
import dev.ksgx.protocol.message.ClientMessage;
import dev.ksgx.protocol.message.DeviceMessage;
import dev.ksgx.protocol.message.KernelMessage;
import dev.ksgx.protocol.message.Reply;
import dev.ksgx.protocol.message.Returned;
import dev.ksgx.protocol.message.SchedulerMessage;
import dev.ksgx.runtime.LiveSystem;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The examples of the README, between their marks as the README prints them. */
class EmbeddingExamplesTest {
  @Test
  void front() {
    // tag::front[]
    SignedEnclave signed = SampleEnclaves.tiny(); // or SignedEnclave.read(sgxsFile, sigFile)
    try (SgxKernel kernel = SgxKernel.start(KernelConfig.preset(Preset.V5));
        SgxProcess process = kernel.process();
        SgxEnclave enclave = process.launch(signed.image(), signed.sigStruct())) {
      Bytes outside = enclave.loadFromOutside(enclave.base(), 4);
      assertThat(outside.hex()).isEqualTo("ffffffff"); // the abort page: nobody looks in
    }
    // end::front[]
  }

  @Test
  void launch() {
    // tag::launch[]
    SignedEnclave signed = SampleEnclaves.tiny(); // or SignedEnclave.read(sgxsFile, sigFile)
    try (SgxKernel kernel = SgxKernel.start(KernelConfig.preset(Preset.V5));
        SgxProcess process = kernel.process();
        SgxEnclave enclave = process.launch(signed.image(), signed.sigStruct())) {
      long data = enclave.base() + 0x3000; // the tiny image: code, TCS, SSA frame, data
      enclave.enter(
          () ->
              previous ->
                  previous == null
                      ? new EnclaveStep.Write(data, Bytes.fromHex("c0ffee"))
                      : new EnclaveStep.Exit(Bytes.zeros(0)));
      Bytes inside =
          enclave.enter(
              () ->
                  previous ->
                      previous == null
                          ? new EnclaveStep.Read(data, 3)
                          : new EnclaveStep.Exit(previous.value()));
      Bytes outside = enclave.loadFromOutside(data, 3);
      assertThat(inside.hex()).isEqualTo("c0ffee");
      assertThat(outside.hex()).isEqualTo("ffffff");
      assertThat(enclave.mrenclave()).isEqualTo(signed.image().mrenclave());
    }
    // end::launch[]
  }

  @Test
  void errors() {
    try (SgxKernel kernel = SgxKernel.start(KernelConfig.preset(Preset.V5));
        SgxProcess process = kernel.process()) {
      // tag::errors[]
      SignedEnclave tiny = SampleEnclaves.tiny();
      SignedEnclave other = SampleEnclaves.pages(5);
      try {
        process.launch(tiny.image(), other.sigStruct());
      } catch (SgxException e) {
        // INIT returned SGX_INVALID_MEASUREMENT: INIT: EINIT: ... step 11 demands that ...
        assertThat(e.phase()).isEqualTo(SgxException.Phase.INIT);
        assertThat(e.code()).isEqualTo("SGX_INVALID_MEASUREMENT");
        assertThat(e.check()).contains("step 11 demands that MRENCLAVE equals");
      }
      // end::errors[]
      assertThatThrownBy(() -> process.launch(tiny.image(), other.sigStruct()))
          .hasMessageContaining("INIT returned SGX_INVALID_MEASUREMENT: INIT: EINIT: ");
    }
  }

  @Test
  void tokens() {
    // tag::tokens[]
    LaunchDesign perFile =
        LaunchDesign.userLe(UserLe.aesmd()).withHash(HashSource.PER_FD, MsrPolicy.LAZY);
    KernelConfig config = KernelConfig.preset(Preset.OUT_OF_TREE).withLaunch(perFile);
    try (SgxKernel kernel = SgxKernel.start(config);
        SgxProcess process = kernel.process()) {
      SignedEnclave signed = SampleEnclaves.tiny();
      EinitToken token = process.askToken(signed); // of the launch daemon
      int file = process.open();
      process.sayFileHash(file, LaunchKey.signer()); // whose launch enclave made it
      process.launch(signed, token).close();
      EinitToken torn = EinitToken.parse(token.bytes().withFlippedBit(288, 0)); // its MAC
      assertThatThrownBy(() -> process.launch(signed, torn))
          .hasMessageContaining("INIT returned SGX_INVALID_EINITTOKEN");
    }
    // end::tokens[]
  }

  @Test
  void stages() throws Exception {
    try (SgxKernel kernel = SgxKernel.start(KernelConfig.preset(Preset.V5))) {
      // tag::stages[]
      CompletionStage<Bytes> measurement =
          kernel
              .async()
              .process()
              .thenCompose(process -> process.launch(SampleEnclaves.tiny()))
              .thenApply(AsyncEnclave::mrenclave);
      // end::stages[]
      assertThat(measurement.toCompletableFuture().get(30, TimeUnit.SECONDS))
          .isEqualTo(SampleEnclaves.tiny().image().mrenclave());
    }
  }

  @Test
  void simulated() {
    // tag::simulated[]
    try (SimulatedKernel kernel = SgxKernel.simulated(KernelConfig.preset(Preset.V5), 7)) {
      List<CompletionStage<AsyncEnclave>> launches = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        SgxProcess process = kernel.process();
        launches.add(process.async().launch(SampleEnclaves.tiny()));
      }
      launches.forEach(kernel::await);
      double microseconds = kernel.nowNanos() / 1000.0;
      double busy =
          kernel.probe().groups().stream()
              .filter(group -> group.name().equals("add-worker"))
              .findFirst()
              .orElseThrow()
              .utilisation();
      assertThat(microseconds).isBetween(1_000.0, 10_000.0);
      assertThat(busy).isGreaterThan(0.5); // eight launches wait for one worker
    }
    // end::simulated[]
  }

  @Test
  void faults() {
    // tag::faults[]
    try (SimulatedKernel kernel = SgxKernel.simulated(KernelConfig.preset(Preset.V5), 7);
        SgxProcess process = kernel.process()) {
      process.launch(SampleEnclaves.tiny());
      CompletionStage<AsyncEnclave> second = process.async().launch(SampleEnclaves.tiny());
      kernel.advance(Duration.ofNanos(50_000));
      process.kill();
      assertThatThrownBy(() -> kernel.await(second))
          .isInstanceOfSatisfying(
              SgxException.class, e -> assertThat(e.errno()).isEqualTo(Errno.EINTR));
      kernel.exitAll();
      assertThat(kernel.audit().violations()).isEmpty();
      assertThat(kernel.epc().free()).isEqualTo(kernel.epc().frames());
    }
    // end::faults[]
  }

  // tag::actor[]
  /** Launches one enclave in a kernel below it and tells how it went. */
  static final class Launcher extends AbstractBehavior<ClientMessage> {
    private final Calls calls = new Calls();
    private final ActorRef<Reply> self;
    private final RequestId request = new RequestId(1);
    private final CompletableFuture<LaunchSequence.Outcome> done;
    private KernelMessage.Doors doors;
    private KernelMessage.Process process;

    static Behavior<ClientMessage> create(CompletableFuture<LaunchSequence.Outcome> done) {
      return Behaviors.setup(context -> new Launcher(context, done));
    }

    private Launcher(
        ActorContext<ClientMessage> context, CompletableFuture<LaunchSequence.Outcome> done) {
      super(context);
      this.done = done;
      self = context.getSelf().narrow();
      ActorRef<KernelMessage.Request> kernel =
          context.spawn(SgxKernel.behavior(KernelConfig.preset(Preset.V5)), "kernel");
      context.watch(kernel); // a failure of the kernel is a failure of ours
      long answer = calls.<KernelMessage.Doors>expect(found -> enter(kernel, found));
      kernel.tell(new KernelMessage.AskDoors(answer, self));
    }

    @Override
    public Receive<ClientMessage> createReceive() {
      return newReceiveBuilder().onMessage(Reply.class, this::onReply).build();
    }

    private Behavior<ClientMessage> onReply(Reply reply) {
      calls.complete(reply);
      return this;
    }

    private void enter(ActorRef<KernelMessage.Request> kernel, KernelMessage.Doors found) {
      doors = found;
      long answer = calls.<KernelMessage.Process>expect(this::open);
      kernel.tell(new KernelMessage.NewProcess(TaskRef.Kind.CREATOR, answer, self));
    }

    private void open(KernelMessage.Process made) {
      process = made;
      long answer = calls.<Returned>expect(this::launch);
      doors.device().tell(new DeviceMessage.Open(process.task(), request, answer, self));
    }

    private void launch(Returned opened) {
      new LaunchSequence(
              doors.device(),
              process.addressSpace(),
              process.task(),
              self,
              calls,
              SampleEnclaves.tiny(),
              false)
          .start(request, this::launched);
    }

    private void launched(LaunchSequence.Outcome outcome) {
      doors.scheduler().tell(new SchedulerMessage.Block(process.task()));
      done.complete(outcome);
    }
  }

  // end::actor[]

  @Test
  void actor() throws Exception {
    CompletableFuture<LaunchSequence.Outcome> done = new CompletableFuture<>();
    var system = LiveSystem.create(Launcher.create(done), "embedder", 1);
    try {
      assertThat(done.get(30, TimeUnit.SECONDS).result().isZero()).isTrue();
    } finally {
      system.terminate();
      system.getWhenTerminated().toCompletableFuture().get(30, TimeUnit.SECONDS);
    }
  }
}
