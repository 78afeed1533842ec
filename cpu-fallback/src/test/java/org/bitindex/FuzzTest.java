package org.bitindex;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** That fuzz tests do what they are told, and that a failure can be replayed. */
class FuzzTest {
  private static final String[] PROPERTIES = {"bie.fuzz", "bie.fuzz.seed", "bie.fuzz.case"};

  private final String[] before = new String[PROPERTIES.length];

  @BeforeEach
  void clear() {
    for (int i = 0; i < PROPERTIES.length; i++) {
      before[i] = System.getProperty(PROPERTIES[i], "");
      System.clearProperty(PROPERTIES[i]);
    }
  }

  @AfterEach
  void restore() {
    for (int i = 0; i < PROPERTIES.length; i++) {
      if (before[i].isEmpty()) {
        System.clearProperty(PROPERTIES[i]);
      } else {
        System.setProperty(PROPERTIES[i], before[i]);
      }
    }
  }

  private static List<Long> seeds(int usualCases) {
    List<Long> seeds = new ArrayList<>();
    Fuzz.run(usualCases, seeds::add);
    return seeds;
  }

  @Test
  void propertiesChooseTheCases() {
    assertThat(seeds(3)).containsExactly(1L, 2L, 3L);
    System.setProperty("bie.fuzz", "2");
    assertThat(seeds(3)).containsExactly(1L, 2L);
    System.setProperty("bie.fuzz.seed", "70");
    assertThat(seeds(3)).containsExactly(70L, 71L);
    System.setProperty("bie.fuzz.case", "5");
    assertThat(seeds(3)).containsExactly(5L);
  }

  @Test
  void aFailureNamesTheCase() {
    assertThatThrownBy(() ->
            Fuzz.run(
                9,
                seed -> {
                  if (seed == 4) {
                    throw new IllegalStateException("wrong");
                  }
                }))
        .isInstanceOf(AssertionError.class)
        .hasMessage("wrong; -Dbie.fuzz.case=4 replays this case");
  }
}
