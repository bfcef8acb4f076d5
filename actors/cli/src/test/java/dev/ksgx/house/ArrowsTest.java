package dev.ksgx.house;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** Which module may know which. */
@AnalyzeClasses(packages = "dev.ksgx", importOptions = ImportOption.DoNotIncludeTests.class)
class ArrowsTest {
  private static final String HARDWARE = "dev.ksgx.hardware..";
  private static final String PROTOCOL = "dev.ksgx.protocol..";
  private static final String RUNTIME = "dev.ksgx.runtime..";
  private static final String KERNEL = "dev.ksgx.kernel..";
  private static final String LOAD = "dev.ksgx.load..";
  private static final String TRACE = "dev.ksgx.trace..";
  private static final String CLI = "dev.ksgx.cli..";

  @ArchTest
  static final ArchRule hardwareKnowsNoActorSoThatItCanBeUsedWithoutOne =
      noClasses()
          .that()
          .resideInAPackage(HARDWARE)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(PROTOCOL, RUNTIME, KERNEL, LOAD, TRACE, CLI, "akka..", "scala..");

  @ArchTest
  static final ArchRule runtimeKnowsNoSgxSoThatAnyAkkaSystemCanUseIt =
      noClasses()
          .that()
          .resideInAPackage(RUNTIME)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(HARDWARE, PROTOCOL, KERNEL, LOAD, TRACE, CLI);

  @ArchTest
  static final ArchRule protocolKnowsTheHardwareAlone =
      noClasses()
          .that()
          .resideInAPackage(PROTOCOL)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(RUNTIME, KERNEL, LOAD, TRACE, CLI);

  @ArchTest
  static final ArchRule theAbiKnowsNoActorSoThatUserSpaceCanSpeakIt =
      noClasses()
          .that()
          .resideInAPackage("dev.ksgx.protocol.abi..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("akka..", "dev.ksgx.protocol.message..");

  @ArchTest
  static final ArchRule messagesKnowOfAkkaOnlyWhereToAnswer =
      noClasses()
          .that()
          .resideInAPackage("dev.ksgx.protocol.message..")
          .should()
          .dependOnClassesThat(
              com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage("akka..")
                  .and(
                      com.tngtech.archunit.base.DescribedPredicate.not(
                          com.tngtech.archunit.core.domain.properties.HasName.Predicates.name(
                              "akka.actor.typed.ActorRef"))));

  @ArchTest
  static final ArchRule theKernelKnowsNoWorkload =
      noClasses()
          .that()
          .resideInAPackage(KERNEL)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(LOAD, TRACE, CLI);

  @ArchTest
  static final ArchRule workloadsKnowNoCommandLine =
      noClasses()
          .that()
          .resideInAPackage(LOAD)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(TRACE, CLI, "picocli..");

  @ArchTest
  static final ArchRule aTraceKnowsNoSgxSoThatAnyAkkaSystemCanBeTraced =
      noClasses()
          .that()
          .resideInAPackage(TRACE)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(HARDWARE, PROTOCOL, KERNEL, LOAD, CLI, "picocli..");

  @ArchTest
  static final ArchRule theCommandLineKnowsNoActorButWhoeverRunsThem =
      noClasses()
          .that()
          .resideInAPackage(CLI)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(PROTOCOL, RUNTIME, "akka..", "scala..");
}
