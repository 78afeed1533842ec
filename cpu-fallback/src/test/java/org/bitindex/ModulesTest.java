package org.bitindex;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.lang.module.Configuration;
import java.lang.module.ModuleFinder;
import java.lang.module.ResolvedModule;
import java.nio.file.Path;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What jlink asks for. */
class ModulesTest {
  @Test
  void noRequirementOfTheLibraryIsAutomatic() {
    Path[] libraries =
        Stream.of("java.class.path", "jdk.module.path")
            .map(property -> System.getProperty(property, ""))
            .flatMap(Pattern.compile(File.pathSeparator)::splitAsStream)
            .filter(path -> path.contains("jackson")) // of others jlink would hear in resolving
            .map(Path::of)
            .toArray(Path[]::new);
    ModuleFinder found =
        ModuleFinder.compose(
            ModuleFinder.of(Path.of("target/classes")),
            ModuleFinder.of(libraries),
            ModuleFinder.ofSystem());
    Configuration resolved =
        Configuration.empty().resolve(found, ModuleFinder.of(), Set.of("org.bitindex"));
    assertThat(resolved.modules())
        .extracting(ResolvedModule::name)
        .contains("org.bitindex", "com.fasterxml.jackson.databind", "jdk.jfr");
    assertThat(resolved.modules())
        .noneMatch(module -> module.reference().descriptor().isAutomatic());
  }
}
