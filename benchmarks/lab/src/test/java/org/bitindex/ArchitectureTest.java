package org.bitindex;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Which package may know which, in all modules: data flows one way. */
class ArchitectureTest {
  private static final String ROOT = "org.bitindex";

  private static final Pattern TESTS = Pattern.compile(".*(/test/|/test-classes/|-tests\\.jar).*");

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(location -> !location.matches(TESTS))
          .importPackages(ROOT);

  /**
   * Each package, those of this project that it may know, and the libraries that it may use beside
   * the JDK.
   */
  private static final Map<String, String> RULES =
      new TreeMap<>(
          Map.ofEntries(
              Map.entry("internal", ""),
              Map.entry("layout", "internal"),
              Map.entry("code", ""),
              Map.entry("matrix", "code internal layout"),
              Map.entry("baseline", "internal matrix"),
              Map.entry("calibrate", "code internal layout matrix"),
              Map.entry(
                  "calibrate.network",
                  "calibrate code encode graph graph.tensor graph.train internal io matrix onnx"),
              Map.entry("encode", "calibrate code internal layout matrix"),
              Map.entry("onnx", "internal matrix"),
              Map.entry("graph.tensor", "internal onnx"),
              Map.entry("graph.operator", "graph.tensor internal matrix onnx"),
              Map.entry("graph.train", "graph.operator graph.tensor internal matrix onnx"),
              Map.entry("graph", "backend graph.operator graph.tensor io matrix onnx"),
              Map.entry("graph.conformance", "graph graph.operator graph.tensor onnx"),
              Map.entry("io.format", "internal matrix com.fasterxml.jackson.."),
              Map.entry("io", "code internal io.format layout matrix onnx com.fasterxml.jackson.."),
              Map.entry("text", "com.fasterxml.jackson.."),
              Map.entry("event", "jdk.jfr.."),
              Map.entry("backend", "code event internal layout matrix"),
              Map.entry("backend.scalar", "backend code internal layout matrix"),
              Map.entry("backend.vector.kernel", "backend internal"),
              Map.entry(
                  "backend.vector.product",
                  "backend backend.vector.kernel code event layout matrix"),
              Map.entry(
                  "backend.vector",
                  "backend backend.vector.kernel backend.vector.product internal matrix"),
              Map.entry("embed", "graph graph.tensor onnx text"),
              Map.entry("nn", "backend graph io matrix onnx"),
              Map.entry("nn.train", "backend calibrate code encode internal matrix nn"),
              Map.entry(
                  "generate",
                  "backend graph graph.tensor internal io matrix text com.fasterxml.jackson.."),
              Map.entry("generate.train", "generate graph.tensor graph.train internal io matrix"),
              Map.entry("tornado.kernel", "uk.ac.manchester.tornado.."),
              Map.entry(
                  "tornado.baseline",
                  "backend matrix tornado tornado.kernel uk.ac.manchester.tornado.."),
              Map.entry(
                  "tornado",
                  "backend code layout matrix tornado.baseline tornado.kernel"
                      + " uk.ac.manchester.tornado.."),
              Map.entry(
                  "cli.text", "io matrix com.fasterxml.jackson.. com.github.freva.. me.tongfei.."),
              Map.entry("cli.measure", "backend backend.scalar code encode layout matrix"),
              Map.entry(
                  "cli.advise",
                  "backend baseline cli.measure cli.text code encode io layout matrix"
                      + " com.fasterxml.jackson.. org.hipparchus.."),
              Map.entry("cli.devices", "backend cli.measure matrix"),
              Map.entry(
                  "sentence",
                  "calibrate calibrate.network code embed encode graph graph.tensor io layout"
                      + " matrix onnx text"),
              Map.entry(
                  "cli",
                  "backend calibrate.network cli.advise cli.devices cli.measure cli.text code embed"
                      + " encode generate generate.train graph graph.conformance graph.operator graph.tensor io"
                      + " layout matrix nn onnx sentence text picocli.."),
              Map.entry("lab.statistics", "org.hipparchus.."),
              Map.entry(
                  "lab",
                  "backend baseline calibrate.network cli cli.measure cli.text code embed encode"
                      + " generate graph io lab.decoders lab.evaluation lab.minilm lab.mnist lab.networks"
                      + " lab.peers lab.report lab.speed layout matrix sentence text"
                      + " com.fasterxml.jackson.. me.tongfei.. picocli.."),
              Map.entry("lab.claims", "backend cli.text code lab.evaluation lab.statistics"),
              Map.entry(
                  "lab.evaluation",
                  "backend baseline cli.measure code encode io lab.statistics layout matrix"
                      + " com.fasterxml.jackson.."),
              Map.entry(
                  "lab.jmh",
                  "backend cli.measure cli.text io lab.claims lab.peers matrix org.openjdk.jmh.."),
              Map.entry(
                  "lab.minilm",
                  "backend baseline calibrate.network embed graph io matrix onnx sentence text"
                      + " ai.onnxruntime.."
                      + " org.hipparchus.."),
              Map.entry(
                  "lab.mnist",
                  "backend baseline calibrate cli.text code encode graph graph.tensor io layout"
                      + " matrix nn nn.train com.fasterxml.jackson.. org.knowm.."),
              Map.entry(
                  "lab.networks",
                  "backend sentence calibrate.network cli.text code encode graph graph.tensor io"
                      + " lab.mnist layout matrix nn.train onnx text ai.onnxruntime.."),
              Map.entry(
                  "lab.peers",
                  "baseline matrix ai.onnxruntime.. org.bytedeco.. org.ejml.. org.openjdk.jmh.."
                      + " pabeles.."),
              Map.entry(
                  "lab.report",
                  "backend cli.measure cli.text io lab.claims lab.evaluation lab.statistics"
                      + " com.fasterxml.jackson.. org.commonmark.. org.knowm.."),
              Map.entry("lab.decoders", "generate io matrix"),
              Map.entry(
                  "lab.speed",
                  "backend code encode generate lab.decoders lab.peers layout matrix")));

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

  /**
   * Each simple name has one sense. Not so the adapters: users of LangChain4j and of Spring AI look
   * for a provider's name before EmbeddingModel, and no program has both frameworks.
   */
  @Test
  void noTwoTypesShareASimpleName() {
    Map<String, Set<String>> packages = new TreeMap<>();
    for (JavaClass type : CLASSES) {
      boolean own = type.isTopLevelClass() && !type.getSimpleName().equals("package-info");
      if (own && !type.getPackageName().endsWith(".jmh_generated")) {
        packages
            .computeIfAbsent(type.getSimpleName(), _ -> new TreeSet<>())
            .add(type.getPackageName());
      }
    }
    packages.values().removeIf(of -> of.size() == 1);
    packages.remove("BieEmbeddingModel");
    assertThat(packages).isEmpty();
  }

  /** What runs a product knows no type that docs/architecture.md does not name. */
  @Test
  void theDocumentNamesTheTypesThatOneProductMeets() throws IOException {
    String text = Files.readString(Path.of("../../docs/architecture.md"));
    int from = text.indexOf("One product on the vector backend meets eighteen types");
    String paragraph = text.substring(from, text.indexOf("\n\n", from));
    Set<String> named =
        Pattern.compile("`([A-Za-z.]+)`")
            .matcher(paragraph)
            .results()
            .map(name -> name.group(1).replace('.', '$'))
            .collect(Collectors.toCollection(TreeSet::new));
    // One product, its kernel and its format have no name there: they differ by kind. Three that
    // only some kinds meet have one.
    assertThat(named).hasSize(18 - 3 + 3);
    String vector = inRoot("backend.vector");
    for (String runs : Set.of("VectorPlan", "Workspace")) {
      Set<String> met =
          CLASSES.get(vector + "." + runs).getDirectDependenciesFromSelf().stream()
              .map(dependency -> dependency.getTargetClass())
              .filter(type -> type.getPackageName().startsWith(vector) && !type.isArray())
              .map(type -> type.getName().substring(type.getPackageName().length() + 1))
              .collect(Collectors.toCollection(TreeSet::new));
      assertThat(named).containsAll(met);
    }
  }

  /** One import for one matrix: it knows the parts behind it, and none of them knows it. */
  @Test
  void theFrontDoorStandsOnTopOfTheLibrary() {
    classes()
        .that()
        .resideInAPackage(ROOT)
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(
            Stream.concat(
                    Stream.of("java..", "org.jspecify.annotations..", ROOT),
                    Stream.of("backend", "code", "encode", "io", "layout", "matrix")
                        .map(ArchitectureTest::inRoot))
                .toArray(String[]::new))
        .check(CLASSES);
    noClasses()
        .that()
        .resideOutsideOfPackage(ROOT)
        .should()
        .dependOnClassesThat()
        .haveFullyQualifiedName(inRoot("BitIndexMatrix"))
        .check(CLASSES);
  }

  @Test
  void noPackagesKnowEachOther() {
    slices()
        .matching(ROOT + ".(**)")
        .should()
        .beFreeOfCycles()
        // A device's backend hands out its baselines, which are built of its memory and launcher.
        .ignoreDependency(
            resideInAPackage(inRoot("tornado")), resideInAPackage(inRoot("tornado.baseline")))
        .check(CLASSES);
  }

  @Test
  void theLibraryKnowsNoDeviceAndNoCommandLine() {
    noClasses()
        .that()
        .resideOutsideOfPackages(
            ROOT + ".tornado..", ROOT + ".cli..", ROOT + ".sentence..", ROOT + ".lab..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "uk.ac.manchester.tornado..", ROOT + ".tornado..", ROOT + ".cli..", ROOT + ".lab..")
        .check(CLASSES);
  }
}
