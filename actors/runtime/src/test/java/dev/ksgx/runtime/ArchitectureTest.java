package dev.ksgx.runtime;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import dev.ksgx.runtime.live.LiveClock;
import org.junit.jupiter.api.Test;

class ArchitectureTest {
  private final JavaClasses classes =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("dev.ksgx.runtime");

  @Test
  void onlyTheLiveClockReadsTheJvmsClock() {
    noClasses()
        .that()
        .doNotBelongToAnyOf(LiveClock.class)
        .should()
        .callMethod(System.class, "nanoTime")
        .orShould()
        .callMethod(System.class, "currentTimeMillis")
        .check(classes);
  }

  @Test
  void chanceComesFromTheStreamsAlone() {
    noClasses()
        .that()
        .haveSimpleNameNotStartingWith("ForeignBehaviours")
        .should()
        .dependOnClassesThat()
        .haveFullyQualifiedName("java.util.concurrent.ThreadLocalRandom")
        .orShould()
        .dependOnClassesThat()
        .haveFullyQualifiedName("java.util.Random")
        .orShould()
        .callMethod(Math.class, "random")
        .check(classes);
  }

  @Test
  void theRuntimeKnowsNothingOfSgx() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "dev.ksgx.hardware..", "dev.ksgx.protocol..", "dev.ksgx.kernel..", "dev.ksgx.load..")
        .allowEmptyShould(true)
        .check(classes);
  }

  @Test
  void packagesHaveNoCycles() {
    slices().matching("dev.ksgx.runtime.(*)..").should().beFreeOfCycles().check(classes);
  }
}
