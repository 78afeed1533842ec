package org.bitindex;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Which package may know which, in all modules: data flows one way. */
class ArchitectureTest {
  private static final String ROOT = "org.bitindex";

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .withImportOption(location -> !location.contains("-tests.jar"))
          .importPackages(ROOT);

  /**
   * Each package, those of this project that it may know, and the libraries that it may use beside
   * the JDK.
   */
  private static final Map<String, String> RULES =
      new TreeMap<>(
          Map.ofEntries(
RULES
              ));

  static Stream<Arguments> packages() {
    return RULES.entrySet().stream().map(rule -> arguments(rule.getKey(), rule.getValue()));
  }

  /** The root's exceptions are known everywhere. */
  @ParameterizedTest
  @MethodSource("packages")
  void packagesKnowOnlyThoseBelow(String name, String below) {
    String[] allowed =
        Stream.concat(
                Stream.of("java..", "javax..", "com.sun.management..", "jdk.incubator..")
                    .flatMap(jdk -> Stream.of(jdk, "org.jspecify.annotations..")),
                Stream.concat(
                    Stream.of(ROOT, inRoot(name)),
                    Stream.of(below.split(" "))
                        .filter(token -> !token.isEmpty())
                        .map(token -> token.endsWith("..") ? token : inRoot(token))))
            .toArray(String[]::new);
    classes()
        .that()
        .resideInAPackage(inRoot(name))
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(allowed)
        .allowEmptyShould(name.startsWith("tornado")) // left out where TornadoVM is missing
        .check(CLASSES);
  }

  private static String inRoot(String name) {
    return ROOT + "." + name;
  }

  @Test
  void everyPackageHasARuleAndEveryRuleAPackage() {
    Set<String> found =
        CLASSES.stream()
            .map(JavaClass::getPackageName)
            .filter(name -> !name.equals(ROOT) && !name.endsWith(".jmh_generated"))
            .map(name -> name.substring(ROOT.length() + 1))
            .collect(Collectors.toCollection(TreeSet::new));
    Set<String> ruled = new TreeSet<>(RULES.keySet());
    if (found.stream().noneMatch(name -> name.startsWith("tornado"))) {
      ruled.removeIf(name -> name.startsWith("tornado"));
    }
    assertThat(found).isEqualTo(ruled);
  }

  @Test
  void noPackagesKnowEachOther() {
    slices().matching(ROOT + ".(**)").should().beFreeOfCycles().check(CLASSES);
  }

  @Test
  void theLibraryKnowsNoDeviceAndNoCommandLine() {
    noClasses()
        .that()
        .resideOutsideOfPackages(
            ROOT + ".tornado..", ROOT + ".cli..", ROOT + ".bert..", ROOT + ".lab..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "uk.ac.manchester.tornado..", ROOT + ".tornado..", ROOT + ".cli..", ROOT + ".lab..")
        .check(CLASSES);
  }
}
