package org.bitindex;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.domain.JavaMethodCall;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
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
              Map.entry("text", "internal com.fasterxml.jackson.."),
              Map.entry("event", "jdk.jfr.."),
              Map.entry("backend", "code event internal layout matrix"),
              Map.entry("backend.scalar", "backend code internal layout matrix"),
              Map.entry("backend.vector.kernel", "backend internal"),
              Map.entry(
                  "backend.vector.product",
                  "backend backend.vector.kernel code event internal layout matrix"),
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
              Map.entry("tornado.device", "backend tornado.kernel uk.ac.manchester.tornado.."),
              Map.entry(
                  "tornado.baseline",
                  "backend matrix tornado.device tornado.kernel uk.ac.manchester.tornado.."),
              Map.entry(
                  "tornado",
                  "backend code layout matrix tornado.baseline tornado.device tornado.kernel"
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
                  "backend baseline calibrate.network embed graph graph.tensor io lab.networks matrix"
                      + " onnx sentence text org.hipparchus.."),
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
                  "baseline matrix onnx ai.onnxruntime.. org.bytedeco.. org.ejml.. org.openjdk.jmh.."
                      + " pabeles.."),
              Map.entry(
                  "lab.report",
                  "backend cli.measure cli.text io lab.claims lab.evaluation lab.statistics"
                      + " com.fasterxml.jackson.. org.commonmark.. org.knowm.."),
              Map.entry("lab.decoders", "generate io matrix"),
              Map.entry(
                  "lab.speed",
                  "backend cli code encode generate lab.decoders lab.peers layout matrix")));

  /**
   * The same for packages of modules that this one does not compile with, since they bring Spark
   * and the frameworks: their sources are read.
   */
  private static final Map<String, String> RULES_OF_SOURCES =
      Map.of(
          "spark",
          "backend cli cli.text embed graph graph.tensor io matrix onnx text"
              + " org.apache.hadoop.. org.apache.spark.. scala..",
          "langchain4j",
          "embed dev.langchain4j..",
          "springai",
          "embed org.springframework.ai..");

  private static final List<String> JDK =
      List.of("java..", "javax..", "com.sun.management..", "jdk.incubator..");

  static Stream<Arguments> packages() {
    return RULES.entrySet().stream().map(rule -> arguments(rule.getKey(), rule.getValue()));
  }

  /** The root's exceptions are known everywhere. */
  @ParameterizedTest
  @MethodSource("packages")
  void packagesKnowOnlyThoseBelow(String name, String below) {
    String[] allowed =
        Stream.concat(
                Stream.concat(JDK.stream(), Stream.of("org.jspecify.annotations..")),
                Stream.concat(Stream.of(ROOT, inRoot(name)), known(below)))
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

  /** Packages of a row. */
  private static Stream<String> known(String below) {
    return Stream.of(below.split(" "))
        .filter(token -> !token.isEmpty())
        .map(token -> token.endsWith("..") ? token : inRoot(token));
  }

  @Test
  void sourcesOfOtherModulesKnowOnlyThoseBelow() throws IOException {
    for (SourceFile source : SourceFile.all()) {
      String below = RULES_OF_SOURCES.get(source.packageName().replace(ROOT + ".", ""));
      if (below == null) {
        continue;
      }
      List<String> allowed = new ArrayList<>(JDK);
      allowed.addAll(List.of("org.jspecify.annotations..", ROOT, source.packageName()));
      allowed.addAll(known(below).toList());
      for (String name : source.names()) {
        assertThat(allowed)
            .as("%s names %s", source.type(), name)
            .anyMatch(token -> covers(token, name));
      }
    }
  }

  /** Whether a package holds a type, or, if it ends in two dots, a package below it does. */
  private static boolean covers(String token, String name) {
    return token.endsWith("..")
        ? name.startsWith(token.substring(0, token.length() - 1))
        : name.startsWith(token + ".")
            && Character.isUpperCase(name.codePointAt(token.length() + 1));
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

  /** Also of modules that are not on the class path, whatever modules there are. */
  @Test
  void everyPackageOfEveryModuleHasARule() throws IOException {
    Set<String> ruled = new TreeSet<>(RULES.keySet());
    ruled.addAll(RULES_OF_SOURCES.keySet());
    assertThat(
            SourceFile.all().stream()
                .map(SourceFile::packageName)
                .filter(name -> !name.equals(ROOT)))
        .extracting(name -> name.substring(ROOT.length() + 1))
        .containsAll(ruled)
        .isSubsetOf(ruled);
  }

  /**
   * Each simple name has one sense. Not so the adapters: users of LangChain4j and of Spring AI look
   * for a provider's name before EmbeddingModel, and no program has both frameworks.
   */
  @Test
  void noTwoTypesShareASimpleName() throws IOException {
    Map<String, Set<String>> packages = new TreeMap<>();
    for (SourceFile source : SourceFile.all()) {
      packages.computeIfAbsent(source.type(), _ -> new TreeSet<>()).add(source.packageName());
    }
    packages.values().removeIf(of -> of.size() == 1);
    assertThat(packages).containsOnlyKeys("BieEmbeddingModel");
  }

  /** Nor does a nested type have it, but for private ones, whose names are their file's own. */
  @Test
  void noNestedTypeHasTheNameOfAnotherFile() throws IOException {
    Set<String> files = SourceFile.all().stream().map(SourceFile::type).collect(Collectors.toSet());
    assertThat(CLASSES)
        .filteredOn(
            type -> type.isMemberClass() && !type.getModifiers().contains(JavaModifier.PRIVATE))
        .extracting(JavaClass::getSimpleName)
        .isNotEmpty()
        .doesNotContainAnyElementsOf(files);
  }

  /**
   * One product meets the types that docs/architecture.md names, and no other of the vector
   * backend: first those that every way to multiply may meet, then each way with its own.
   */
  @Test
  void theDocumentNamesTheTypesThatOneProductMeets() throws IOException {
    String text = Files.readString(Path.of("../../docs/architecture.md"));
    int from = text.indexOf("A product that goes one way meets eighteen types");
    List<String> lines = text.substring(from, text.indexOf("Not counted", from)).lines().toList();
    Set<String> every = named(lines.stream().filter(line -> !line.startsWith("|")));
    Map<String, Set<String>> own = new TreeMap<>();
    for (String line : lines) {
      List<String> names = names(line).toList();
      if (line.startsWith("|") && !names.isEmpty()) {
        own.put(names.getFirst(), Set.copyOf(names));
        assertThat(every.size() + names.size()).as(line).isLessThanOrEqualTo(18);
      }
    }
    String vector = inRoot("backend.vector");
    Map<String, JavaClass> ways = new TreeMap<>();
    CLASSES.get(vector + ".product.PartProduct").getAllSubclasses().stream()
        .filter(way -> !way.getSimpleName().equals("LongSums"))
        .forEach(way -> ways.put(way.getSimpleName(), way));
    assertThat(own.keySet()).isEqualTo(ways.keySet());
    // Plane by plane, as Prepared pairs them.
    assertThat(union(every, own, "Lookup", "Jagged")).hasSize(20);
    assertThat(union(every, own, "PartialSums", "Lists")).hasSize(19);

    // Not what is done once: choosing, and making a work space.
    Set<String> once = Set.of("choose", "recorded", "kernels");
    Set<String> all = new TreeSet<>(Set.of("Plan", "Parallel"));
    all.addAll(met(CLASSES.get(vector + ".VectorPlan"), Set.of("run"), once));
    all.addAll(met(CLASSES.get(vector + ".Workspace"), Set.of("arrange", "multiply"), once));
    Set<String> documented = new TreeSet<>(every);
    for (String name : ways.keySet()) {
      Set<String> met = met(ways.get(name), Set.of("add"), once);
      Set<String> possible = new TreeSet<>(every);
      possible.addAll(own.get(name));
      assertThat(possible).as(name).containsAll(met);
      all.addAll(met);
      documented.addAll(own.get(name));
    }
    assertThat(all).isEqualTo(documented);
  }

  private static Set<String> union(
      Set<String> every, Map<String, Set<String>> own, String one, String other) {
    Set<String> union = new TreeSet<>(every);
    union.addAll(own.getOrDefault(one, Set.of()));
    union.addAll(own.getOrDefault(other, Set.of()));
    return union;
  }

  /** Types of the vector backend that some methods of a type touch, and those that they call. */
  private static Set<String> met(JavaClass type, Set<String> starts, Set<String> once) {
    Set<String> met = new TreeSet<>();
    Set<JavaMethod> seen = new HashSet<>();
    var left = new ArrayDeque<JavaMethod>();
    type.getMethods().stream().filter(of -> starts.contains(of.getName())).forEach(left::add);
    while (!left.isEmpty()) {
      JavaMethod method = left.pop();
      if (!seen.add(method) || once.contains(method.getName())) {
        continue;
      }
      for (JavaAccess<?> access : method.getAccessesFromSelf()) {
        JavaClass owner = access.getTargetOwner();
        if (owner.getPackageName().startsWith(inRoot("backend.vector")) && !owner.isArray()) {
          met.add(owner.getName().substring(owner.getPackageName().length() + 1));
          if (access instanceof JavaMethodCall call) {
            call.getTarget().resolveMember().ifPresent(left::add);
          }
        }
      }
    }
    return met;
  }

  private static Set<String> named(Stream<String> lines) {
    return lines.flatMap(ArchitectureTest::names).collect(Collectors.toCollection(TreeSet::new));
  }

  /** Types that a line names. */
  private static Stream<String> names(String line) {
    return Pattern.compile("`([A-Za-z.]+)`")
        .matcher(line)
        .results()
        .map(name -> name.group(1).replace('.', '$'));
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
    slices().matching(ROOT + ".(**)").should().beFreeOfCycles().check(CLASSES);
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
