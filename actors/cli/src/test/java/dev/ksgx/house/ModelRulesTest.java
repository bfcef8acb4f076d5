package dev.ksgx.house;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.AskPattern;
import akka.actor.typed.javadsl.StashBuffer;
import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import dev.ksgx.hardware.cpu.LogicalProcessor;
import dev.ksgx.protocol.message.Reply;
import java.util.Set;

/** The rules of the model that hold everywhere inside it. */
@AnalyzeClasses(packages = "dev.ksgx", importOptions = ImportOption.DoNotIncludeTests.class)
class ModelRulesTest {
  /** The facades, at whose edge an embedder's thread may wait. */
  private static final String EDGE = "dev.ksgx.kernel.embed..";

  private static final String[] MODEL = {
    "dev.ksgx.hardware..", "dev.ksgx.protocol..", "dev.ksgx.kernel.."
  };

  private static final String[] SIMULATED = {
    "dev.ksgx.hardware..", "dev.ksgx.protocol..", "dev.ksgx.kernel..", "dev.ksgx.load.workload.."
  };

  private static final Set<String> BLOCKING =
      Set.of(
          "java.lang.Thread.sleep",
          "java.lang.Thread.join",
          "java.lang.Object.wait",
          "java.util.concurrent.CompletableFuture.get",
          "java.util.concurrent.CompletableFuture.join",
          "java.util.concurrent.Future.get",
          "java.util.concurrent.CountDownLatch.await",
          "java.util.concurrent.BlockingQueue.take",
          "java.util.concurrent.Semaphore.acquire");

  private static final Set<String> CLOCKS_AND_CHANCE =
      Set.of(
          "java.lang.System.nanoTime",
          "java.lang.System.currentTimeMillis",
          "java.time.Instant.now",
          "java.time.Clock.systemUTC",
          "java.time.Clock.systemDefaultZone",
          "java.lang.Math.random",
          "java.util.UUID.randomUUID",
          "java.util.Collections.shuffle");

  private static final Set<String> SALTED =
      Set.of(
          "java.util.Set.of",
          "java.util.Set.copyOf",
          "java.util.Map.of",
          "java.util.Map.ofEntries",
          "java.util.Map.copyOf",
          "java.util.stream.Collectors.toSet",
          "java.util.stream.Collectors.toMap",
          "java.util.stream.Collectors.groupingBy",
          "java.util.stream.Collectors.toUnmodifiableSet",
          "java.util.stream.Collectors.toUnmodifiableMap");

  private static DescribedPredicate<JavaAccess<?>> callOf(Set<String> names) {
    return DescribedPredicate.describe(
        "a call of one of " + names,
        access ->
            names.contains(access.getTargetOwner().getName() + "." + access.getTarget().getName()));
  }

  private static DescribedPredicate<JavaClass> model() {
    return resideInAnyPackage(MODEL).and(not(resideInAnyPackage(EDGE)));
  }

  private static DescribedPredicate<JavaClass> actors() {
    return resideInAnyPackage("dev.ksgx.kernel..", "dev.ksgx.load.workload..")
        .and(not(resideInAnyPackage(EDGE)));
  }

  @ArchTest
  static final ArchRule nothingInTheModelLocks =
      noClasses()
          .that(model())
          .should()
          .dependOnClassesThat()
          .resideInAPackage("java.util.concurrent.locks..")
          .orShould()
          .dependOnClassesThat()
          .haveFullyQualifiedName("java.util.concurrent.Semaphore");

  @ArchTest
  static final ArchRule noMethodOfTheModelIsSynchronized =
      methods()
          .that()
          .areDeclaredInClassesThat(model())
          .should()
          .notHaveModifier(JavaModifier.SYNCHRONIZED);

  @ArchTest
  static final ArchRule nothingInTheModelBlocks =
      noClasses().that(model()).should().accessTargetWhere(callOf(BLOCKING));

  @ArchTest
  static final ArchRule timeAndChanceAreInjected =
      noClasses()
          .that(resideInAnyPackage(SIMULATED))
          .should()
          .accessTargetWhere(callOf(CLOCKS_AND_CHANCE))
          .orShould()
          .dependOnClassesThat(
              resideInAnyPackage("java.security..")
                  .and(assignableTo(java.security.SecureRandom.class)))
          .orShould()
          .dependOnClassesThat(
              assignableTo(java.util.Random.class)
                  .or(assignableTo(java.util.concurrent.ThreadLocalRandom.class)));

  @ArchTest
  static final ArchRule actorsDoNotAskForFuturesBecauseTheirCallbacksRunElsewhere =
      noClasses()
          .that(actors())
          .should()
          .dependOnClassesThat(assignableTo(AskPattern.class))
          .orShould()
          .accessTargetWhere(
              DescribedPredicate.describe(
                  "ActorContext.ask or CompletionStage.*Async",
                  access ->
                      access.getTargetOwner().isAssignableTo(ActorContext.class)
                              && access.getTarget().getName().startsWith("ask")
                          || access
                                  .getTargetOwner()
                                  .isAssignableTo(java.util.concurrent.CompletionStage.class)
                              && access.getTarget().getName().endsWith("Async")));

  @ArchTest
  static final ArchRule waitingIsVisibleSoNothingIsStashed =
      noClasses().that(actors()).should().dependOnClassesThat(assignableTo(StashBuffer.class));

  @ArchTest
  static final ArchRule onlyACoreUsesALogicalProcessor =
      noClasses()
          .that(resideInAnyPackage("dev.ksgx.kernel..", "dev.ksgx.load.."))
          .and()
          .resideOutsideOfPackages("dev.ksgx.kernel.cpu..")
          .should()
          .accessTargetWhere(
              DescribedPredicate.describe(
                  "a use of LogicalProcessor",
                  access -> access.getTargetOwner().isAssignableTo(LogicalProcessor.class)));

  @ArchTest
  static final ArchRule theDriverDoesNotKnowInWhichTimeItRuns =
      noClasses()
          .that(actors())
          .should()
          .dependOnClassesThat(
              resideInAnyPackage("dev.ksgx.runtime.virtual..", "dev.ksgx.runtime.live.."));

  @ArchTest
  static final ArchRule childrenAreSpawnedThroughTheHelperThatWatches =
      noClasses()
          .that(actors())
          .should()
          .accessTargetWhere(
              DescribedPredicate.describe(
                  "ActorContext.spawn",
                  access ->
                      access.getTargetOwner().isAssignableTo(ActorContext.class)
                          && access.getTarget().getName().startsWith("spawn")));

  @ArchTest
  static final ArchRule noActorLeaksItsContext =
      methods()
          .that()
          .areDeclaredInClassesThat(actors())
          .and()
          .arePublic()
          .should()
          .notHaveRawReturnType(ActorContext.class);

  @ArchTest
  static final ArchRule messagesAreImmutable =
      fields()
          .that()
          .areDeclaredInClassesThat()
          .resideInAPackage("dev.ksgx.protocol..")
          .and(not(syntheticField()))
          .should()
          .beFinal()
          .andShould()
          .notHaveRawType(
              DescribedPredicate.describe(
                  "an array, which anybody can change", JavaClass::isArray));

  private static DescribedPredicate<com.tngtech.archunit.core.domain.JavaField> syntheticField() {
    return DescribedPredicate.describe(
        "synthetic", field -> field.getModifiers().contains(JavaModifier.SYNTHETIC));
  }

  @ArchTest
  static final ArchRule anAnswerSaysWhichCallItAnswers =
      classes().that().implement(Reply.class).should().beRecords();

  /** The hash of an ActorRef, of an Object and the salt of Set.of differ from run to run. */
  @ArchTest
  static final ArchRule noActorHasACollectionThatIsOrderedByHashOrSalt =
      noClasses()
          .that(actors())
          .should()
          .dependOnClassesThat(
              assignableTo(java.util.HashSet.class)
                  .and(not(assignableTo(java.util.LinkedHashSet.class)))
                  .or(assignableTo(java.util.IdentityHashMap.class))
                  .or(assignableTo(java.util.WeakHashMap.class))
                  .or(assignableTo(java.util.concurrent.ConcurrentHashMap.class)))
          .orShould()
          .accessTargetWhere(callOf(SALTED));

  /** Keys of these are numbers and classes, and they are looked up, never gone through. */
  @ArchTest
  static final ArchRule hashMapsAreMadeWhereNobodyGoesThroughThem =
      noClasses()
          .that(actors())
          .and()
          .doNotHaveFullyQualifiedName("dev.ksgx.kernel.flow.Calls")
          .and()
          .doNotHaveFullyQualifiedName("dev.ksgx.kernel.process.AddressSpace")
          .and()
          .doNotHaveFullyQualifiedName("dev.ksgx.kernel.KernelMessages")
          .should()
          .callConstructorWhere(
              DescribedPredicate.describe(
                  "new HashMap",
                  call -> call.getTargetOwner().isEquivalentTo(java.util.HashMap.class)));

  @ArchTest
  static final ArchRule onlyTheCommandPrints =
      noClasses()
          .that()
          .resideOutsideOfPackage("dev.ksgx.cli..")
          .should()
          .accessTargetWhere(
              DescribedPredicate.describe(
                  "System.out or System.err",
                  access ->
                      access.getTargetOwner().isEquivalentTo(System.class)
                          && Set.of("out", "err").contains(access.getTarget().getName())));

  @ArchTest
  static final ArchRule aLibraryLeavesTheSecurityProvidersOfItsHostAlone =
      noClasses()
          .should()
          .accessTargetWhere(
              DescribedPredicate.describe(
                  "Security.addProvider",
                  access ->
                      access.getTargetOwner().isEquivalentTo(java.security.Security.class)
                          && access.getTarget().getName().endsWith("Provider")));
}
