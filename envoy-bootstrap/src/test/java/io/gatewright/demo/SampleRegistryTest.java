package io.gatewright.demo;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.gatewright.settings.BodyFormat;
import io.gatewright.settings.DocumentKey;
import io.gatewright.settings.Kind;
import io.gatewright.settings.Problem;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

final class SampleRegistryTest {
    @Test
    void holdsOnlyDocumentsThatTheRegistryAccepts() {
        List<Problem> problems = new ArrayList<>();
        Set<DocumentKey> keys = new HashSet<>();

        for (JsonNode document : SampleRegistry.template().path("documents")) {
            Kind kind = Kind.of(document.path("kind").asText()).orElseThrow();
            DocumentKey key = new DocumentKey(kind, document.path("id").asText());
            assertThat(keys.add(key)).as("%s stands once", key).isTrue();
            BodyFormat.read(key, document.path("body"), problems);
        }

        assertThat(problems).isEmpty();
        Map<Kind, Long> counts = keys.stream().collect(Collectors.groupingBy(DocumentKey::kind, Collectors.counting()));
        assertThat(counts)
                .containsEntry(Kind.MODULE, 8L)
                .containsEntry(Kind.ORG, 2L)
                .containsEntry(Kind.TENANT, 3L)
                .containsEntry(Kind.ISSUER, 1L)
                .containsEntry(Kind.LISTENER, 1L);
    }

    @Test
    void takesTheAddressesOfThisMachine() {
        String file = SampleRegistry.at("127.0.0.1:4711", "http://127.0.0.1:4712", 4713)
                .toString();

        assertThat(file)
                .contains("\"endpoints\":[\"127.0.0.1:4711\"]")
                .contains("\"issuer\":\"http://127.0.0.1:4712\"")
                .contains("\"port\":4713")
                .doesNotContain("127.0.0.1:9\"");
    }
}
