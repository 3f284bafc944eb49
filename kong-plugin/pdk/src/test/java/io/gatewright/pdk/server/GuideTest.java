package io.gatewright.pdk.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatewright.pdk.KongField;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The guide and the code say the same. */
final class GuideTest {
    private static final Path GUIDE = Path.of("../../docs/pdk.md");

    @Test
    void everyFlagIsExplained() throws IOException {
        ByteArrayOutputStream usage = new ByteArrayOutputStream();
        PrintStream out = new PrintStream(usage, true, StandardCharsets.UTF_8);
        new CommandLine(out, out).run(List.of("--help"), List.of(Probe.doing(kong -> {})));
        List<String> flags = Pattern.compile("--[a-z-]+")
                .matcher(usage.toString(StandardCharsets.UTF_8))
                .results()
                .map(flag -> flag.group())
                .toList();
        assertThat(flags).hasSizeGreaterThan(8);
        assertThat(Files.readString(GUIDE)).contains(flags);
    }

    @Test
    void everyAttributeOfAFieldIsExplained() throws IOException {
        String guide = Files.readString(GUIDE);
        for (Method attribute : KongField.class.getDeclaredMethods()) {
            assertThat(guide).contains("`" + attribute.getName() + "`");
        }
    }
}
