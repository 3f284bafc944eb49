package io.gatewright.server.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import io.envoyproxy.envoy.config.listener.v3.Filter;
import io.envoyproxy.envoy.config.listener.v3.FilterChain;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.ResponseMapper;
import io.gatewright.envoy.EnvoyTranslator;
import io.gatewright.server.ReferencePage;
import io.gatewright.settings.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The catalogue of problem types, on its page and in the code. */
final class ErrorsReferenceTest {
    private static final Path SOURCES = Path.of("src/main/java/io/gatewright/server");

    @Test
    void thePageHasEveryProblemType() throws IOException {
        String rows = Stream.of(ProblemType.values())
                .map(type -> "| <a id=\"%1$s\"></a>`%1$s` | %2$d | %3$s | %4$s |"
                        .formatted(type.slug(), type.status(), type.meaning(), type.remedy()))
                .collect(Collectors.joining("\n"));
        ReferencePage.assertPage("errors.md", """
                # Errors

                Made from the code.

                ## The API

                A refusal is a problem document (RFC 9457): `type` is `urn:gatewright:problem:` and a word of this table, `problems`
                lists everything that is wrong as `{field, message, fix}`, `detail` says the first of them in sentences, `instance`
                is a fresh id, and `current` is what is there now where a write came too late. Nothing was written.

                <a id="anywhere"></a>Anywhere the API can answer those that begin with `http-`, `unauthorized`, `forbidden`,
                `too-many-requests`, `issuer-unavailable` and `internal`.

                | type | status | when | what to do |
                | --- | --- | --- | --- |
                %s

                ## The gateways

                What a client of a gateway gets from the gateway itself, with `type`, `title`, `status`, `detail` and
                `correlationId`. A status that is not named here stays what it was.

                | type | status | title | detail |
                | --- | --- | --- | --- |
                %s
                """.formatted(rows, String.join("\n", ofGateways())));
    }

    private static Set<String> ofGateways() throws InvalidProtocolBufferException {
        Listener listener =
                Any.parseFrom(EnvoyTranslator.primer(Settings.EMPTY).packed()).unpack(Listener.class);
        List<Filter> filters = new ArrayList<>();
        listener.getFilterChainsList().stream().map(FilterChain::getFiltersList).forEach(filters::addAll);
        Set<String> rows = new LinkedHashSet<>();
        for (Filter filter : filters) {
            filter.getTypedConfig().unpack(HttpConnectionManager.class).getLocalReplyConfig().getMappersList().stream()
                    .filter(mapper -> mapper.getBodyFormatOverride().hasJsonFormat()) // the guard writes its own
                    .forEach(mapper -> rows.add(row(mapper)));
        }
        assertThat(rows).isNotEmpty();
        return rows;
    }

    private static String row(ResponseMapper mapper) {
        var body = mapper.getBodyFormatOverride().getJsonFormat();
        return "| `%s` | %s | %s | %s |"
                .formatted(
                        body.getFieldsOrThrow("type").getStringValue().replace("urn:gatewright:problem:", ""),
                        mapper.hasStatusCode() ? mapper.getStatusCode().getValue() : "",
                        body.getFieldsOrThrow("title").getStringValue(),
                        body.getFieldsOrThrow("detail").getStringValue().replaceAll("%REQ\\((.*)\\)%", "…"));
    }

    @Test
    void everyProblemTypeIsAnsweredSomewhere() throws IOException {
        StringBuilder code = new StringBuilder();
        try (Stream<Path> files = Files.walk(SOURCES)) {
            for (Path file :
                    files.filter(path -> path.toString().endsWith(".java")).toList()) {
                code.append(Files.readString(file));
            }
        }
        assertThat(ProblemType.values())
                .filteredOn(type -> !type.slug().startsWith("http-"))
                .allSatisfy(type -> assertThat(code).contains("ProblemType." + type.name()));
    }

    @Test
    void aStatusOfHttpKeepsItsNumberOrBecomesTheNearest() {
        assertThat(List.of(400, 404, 405, 406, 415, 500, 501))
                .extracting(status -> ProblemType.ofHttp(status).status())
                .containsExactly(400, 404, 405, 406, 400, 500, 500);
    }
}
