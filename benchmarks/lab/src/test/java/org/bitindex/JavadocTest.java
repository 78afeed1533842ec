package org.bitindex;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.source.tree.AnnotationTree;
import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.ModifiersTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.VariableTree;
import com.sun.source.util.DocTrees;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreePath;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.lang.model.element.Modifier;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Every public member of an exported package says what it is, but for constants of an enum and
 * canonical constructors of records, which the type's own comment describes.
 */
class JavadocTest {
  private static final Path LIBRARY = Path.of("../../cpu-fallback/src/main/java");

  @Test
  void everyPublicMemberHasAComment() throws IOException {
    assertThat(undocumented(exportedFiles())).isEmpty();
  }

  @Test
  void everyPackagePageNamesWhatToReadFirst() throws IOException {
    assertThat(exportedFiles())
        .filteredOn(file -> file.endsWith("package-info.java"))
        .isNotEmpty()
        .allSatisfy(page ->
            assertThat(Files.readString(page)).containsPattern("\\{@link[\\s*]+org\\.bitindex"));
  }

  @Test
  void everyPublicMemberOfTheAdaptersHasAComment() throws IOException {
    List<Path> files = new ArrayList<>();
    for (String module : List.of("langchain4j", "spring-ai")) {
      try (Stream<Path> all = Files.walk(Path.of("..", module, "src", "main", "java"))) {
        all.filter(file -> file.toString().endsWith(".java")).forEach(files::add);
      }
    }
    assertThat(files).hasSizeGreaterThan(2);
    assertThat(undocumented(files)).isEmpty();
  }

  @Test
  void aMemberWithoutACommentIsFound() throws IOException {
    assertThat(undocumented(List.of(Path.of("src/test/java/org/bitindex/JavadocTest.java"))))
        .containsExactly(
            "JavadocTest.Undocumented",
            "JavadocTest.Undocumented.field",
            "JavadocTest.Undocumented.method");
  }

  @SuppressWarnings({"unused", "ClassCanBeStatic"})
  public static class Undocumented {
    public static final int field = 1;

    /** Has one. */
    public static final int documented = 2;

    public void method() {}

    @Override
    public String toString() {
      return "inherits its comment";
    }
  }

  private static List<Path> exportedFiles() throws IOException {
    Set<String> exported =
        Pattern.compile("exports (org[.\\w]*);")
            .matcher(Files.readString(LIBRARY.resolve("module-info.java")))
            .results()
            .map(match -> match.group(1).replace('.', '/'))
            .collect(Collectors.toSet());
    assertThat(exported).contains("org/bitindex");
    List<Path> files = new ArrayList<>();
    for (String folder : exported) {
      try (Stream<Path> all = Files.list(LIBRARY.resolve(folder))) {
        all.filter(file -> file.toString().endsWith(".java")).forEach(files::add);
      }
    }
    return files;
  }

  /** Names of public and protected members without a comment, by the file's own syntax. */
  private static List<String> undocumented(List<Path> files) throws IOException {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    List<String> found = new ArrayList<>();
    try (StandardJavaFileManager manager = compiler.getStandardFileManager(null, null, null)) {
      JavacTask task =
          (JavacTask)
              compiler.getTask(
                  null, manager, null, null, null, manager.getJavaFileObjectsFromPaths(files));
      DocTrees docs = DocTrees.instance(task);
      for (CompilationUnitTree unit : task.parse()) {
        for (Tree type : unit.getTypeDecls()) {
          TreePath path = new TreePath(new TreePath(unit), type);
          collect(docs, path, "", null, found);
        }
      }
    }
    return found;
  }

  /**
   * Looks at a class or a member.
   *
   * @param owner the class around it, or null
   */
  private static void collect(
      DocTrees docs, TreePath path, String prefix, @Nullable ClassTree owner, List<String> found) {
    switch (path.getLeaf()) {
      case ClassTree type -> {
        String name = prefix + type.getSimpleName();
        boolean visible = isVisible(type.getModifiers(), owner);
        if (visible) {
          require(docs, path, name, found);
        }
        if (visible || owner == null) {
          for (Tree member : type.getMembers()) {
            collect(docs, new TreePath(path, member), name + ".", type, found);
          }
        }
      }
      case MethodTree method
          when isVisible(method.getModifiers(), owner)
              && !isOverride(method)
              && !isCanonical(method, owner) ->
          require(docs, path, prefix + method.getName(), found);
      case VariableTree field
          when isVisible(field.getModifiers(), owner) && !isConstant(field, owner) ->
          require(docs, path, prefix + field.getName(), found);
      default -> {}
    }
  }

  private static void require(DocTrees docs, TreePath path, String name, List<String> found) {
    if (docs.getDocCommentTree(path) == null) {
      found.add(name);
    }
  }

  private static boolean isVisible(ModifiersTree modifiers, @Nullable ClassTree owner) {
    Set<Modifier> flags = modifiers.getFlags();
    boolean implied = owner != null && owner.getKind() == Tree.Kind.INTERFACE;
    return flags.contains(Modifier.PUBLIC)
        || flags.contains(Modifier.PROTECTED)
        || (implied && !flags.contains(Modifier.PRIVATE));
  }

  private static boolean isOverride(MethodTree method) {
    return method.getModifiers().getAnnotations().stream()
        .map(AnnotationTree::getAnnotationType)
        .anyMatch(type -> type.toString().equals("Override"));
  }

  private static boolean isCanonical(MethodTree method, @Nullable ClassTree owner) {
    return owner != null
        && owner.getKind() == Tree.Kind.RECORD
        && method.getReturnType() == null
        && types(method.getParameters().stream())
            .equals(
                types(
                    owner.getMembers().stream()
                        .filter(VariableTree.class::isInstance)
                        .map(VariableTree.class::cast)
                        .filter(f -> !f.getModifiers().getFlags().contains(Modifier.STATIC))));
  }

  private static List<String> types(Stream<? extends VariableTree> variables) {
    return variables.map(variable -> String.valueOf(variable.getType())).toList();
  }

  private static boolean isConstant(VariableTree field, @Nullable ClassTree owner) {
    return owner != null
        && owner.getKind() == Tree.Kind.ENUM
        && String.valueOf(field.getType()).equals(owner.getSimpleName().toString());
  }
}
