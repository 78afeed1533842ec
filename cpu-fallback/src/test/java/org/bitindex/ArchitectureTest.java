package org.bitindex;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which package may know which: data flows one way. */
class ArchitectureTest {
  private static final String ROOT = "org.bitindex";

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages(ROOT);

  @ParameterizedTest
  @CsvSource({
    "internal, ''",
    "layout, 'internal'",
    "code, ''",
    "matrix, 'layout code internal'",
    "onnx, 'matrix'",
    "graph.tensor, 'onnx internal'",
    "graph.operator, 'graph.tensor onnx matrix internal'",
    "graph, 'graph.operator graph.tensor onnx backend matrix io'",
    "graph.conformance, 'graph graph.operator graph.tensor onnx'",
    "encode, 'matrix layout code internal'",
    "baseline, 'matrix internal'",
    "backend, 'matrix layout code'",
    "calibrate, 'matrix layout code internal'",
    "nn, 'backend matrix io'",
    "nn.train, 'backend encode matrix code internal'",
    "backend.scalar, 'backend matrix layout code'",
    "backend.vector.kernel, ''",
    "backend.vector.product, 'backend.vector.kernel backend matrix layout code internal'",
    "backend.vector, 'backend.vector.product backend.vector.kernel backend matrix code internal'"
  })
  void packagesKnowOnlyThoseBelow(String name, String below) {
    String[] allowed =
        Stream.concat(
                Stream.of("java..", "jdk.incubator..", "org.jspecify..", ROOT, ROOT + "." + name),
                Stream.of(below.split(" ")).filter(p -> !p.isEmpty()).map(p -> ROOT + "." + p))
            .toArray(String[]::new);
    classes()
        .that()
        .resideInAPackage(ROOT + "." + name)
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(allowed)
        .check(CLASSES);
  }

  @Test
  void filesKnowNeitherEncodersNorBackends() {
    noClasses()
        .that()
        .resideInAPackage(ROOT + ".io..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(ROOT + ".encode..", ROOT + ".backend..", ROOT + ".baseline..")
        .allowEmptyShould(true)
        .check(CLASSES);
  }

  @Test
  void nothingHereKnowsADevice() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("uk.ac.manchester.tornado..")
        .check(CLASSES);
  }
}
