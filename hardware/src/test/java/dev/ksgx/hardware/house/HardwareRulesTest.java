package dev.ksgx.hardware.house;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noMethods;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;

/** What the machine is built without. */
@AnalyzeClasses(
    packages = "dev.ksgx.hardware",
    importOptions = ImportOption.DoNotIncludeTests.class)
class HardwareRulesTest {
  @ArchTest
  void packagesDependOnEachOtherInOneDirection(JavaClasses classes) {
    slices().matching("dev.ksgx.hardware.(*)..").should().beFreeOfCycles().check(classes);
  }

  @ArchTest
  void conflictsAnswerSoNothingLocks(JavaClasses classes) {
    noMethods().should().haveModifier(JavaModifier.SYNCHRONIZED).check(classes);
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAPackage("java.util.concurrent.locks")
        .check(classes);
  }

  /** A synchronized block leaves no trace that the other rule could see. */
  @ArchTest
  void noSourceHasASynchronizedBlock(JavaClasses classes) throws IOException {
    Path sources = Path.of(System.getProperty("ksgx.root", "..")).resolve("hardware/src/main/java");
    try (Stream<Path> files = Files.walk(sources)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".java")).toList()) {
        assertThat(Files.readString(file)).as(file.toString()).doesNotContain("synchronized");
      }
    }
  }

  @ArchTest
  void nothingWaitsForAnotherThread(JavaClasses classes) {
    noClasses()
        .should()
        .callMethodWhere(
            describe(
                "a thread waits",
                call ->
                    call.getTarget().getOwner().isEquivalentTo(Thread.class)
                        || call.getName().equals("wait")
                            && call.getTargetOwner().isEquivalentTo(Object.class)))
        .check(classes);
  }

  @ArchTest
  void machineHasNoClock(JavaClasses classes) {
    noClasses().should().callMethod(System.class, "nanoTime").check(classes);
    noClasses().should().callMethod(System.class, "currentTimeMillis").check(classes);
    noClasses().should().dependOnClassesThat().resideInAPackage("java.time..").check(classes);
  }

  @ArchTest
  void machineHasNoChance(JavaClasses classes) {
    noClasses().should().dependOnClassesThat().areAssignableTo(Random.class).check(classes);
    noClasses()
        .should()
        .dependOnClassesThat()
        .areAssignableTo(ThreadLocalRandom.class)
        .check(classes);
    noClasses().should().callMethod(Math.class, "random").check(classes);
  }

  @ArchTest
  void machineKnowsNoActors(JavaClasses classes) {
    noClasses().should().dependOnClassesThat().resideInAPackage("akka..").check(classes);
  }

  @ArchTest
  void bouncyCastleIsUsedByItsLightweightApiOnly(JavaClasses classes) {
    noClasses()
        .should()
        .dependOnClassesThat()
        .haveFullyQualifiedName("org.bouncycastle.jce.provider.BouncyCastleProvider")
        .check(classes);
  }
}
