package com.example.hello;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What the guide shows is what is built here. */
final class GuideTest {
    private static final Path GUIDE = Path.of("../../docs/pdk.md");
    private static final Path EXAMPLE = Path.of("src/main/java/com/example/hello/Hello.java");

    @Test
    void theExampleIsTheOneThatIsCompiled() throws IOException {
        assertThat(Files.readString(GUIDE)).contains("```java\n" + Files.readString(EXAMPLE) + "```\n");
    }

    @Test
    void whatItSaysOfTheBuildIsInTheBuildOfTheExample() throws IOException {
        String build = withoutIndent(Files.readString(Path.of("pom.xml")));
        List<String> shown = Pattern.compile("(?s)```xml\n(.*?)```")
                .matcher(Files.readString(GUIDE))
                .results()
                .map(block -> withoutIndent(block.group(1)))
                .toList();
        assertThat(shown).hasSize(3).allSatisfy(block -> assertThat(build).contains(block));
    }

    private static String withoutIndent(String xml) {
        return xml.replaceAll("(?m)^ +", "");
    }
}
