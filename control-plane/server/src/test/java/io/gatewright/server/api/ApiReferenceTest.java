package io.gatewright.server.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatewright.server.ReferencePage;
import io.smallrye.config.SmallRyeConfigBuilder;
import io.smallrye.openapi.api.SmallRyeOpenAPI;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.eclipse.microprofile.openapi.models.OpenAPI;
import org.eclipse.microprofile.openapi.models.Operation;
import org.eclipse.microprofile.openapi.models.PathItem.HttpMethod;
import org.eclipse.microprofile.openapi.models.parameters.Parameter;
import org.eclipse.microprofile.openapi.models.responses.APIResponse;
import org.jboss.jandex.Indexer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The OpenAPI document, made from the classes as the Quarkus build makes it, says enough, and the page says the same. */
final class ApiReferenceTest {
    private static final Path CLASSES = Path.of("target/classes/io/gatewright/server/api");

    private static OpenAPI api;

    @BeforeAll
    static void readTheClasses() throws IOException {
        Indexer indexer = new Indexer();
        try (Stream<Path> files = Files.walk(CLASSES)) {
            for (Path file :
                    files.filter(path -> path.toString().endsWith(".class")).toList()) {
                try (InputStream in = Files.newInputStream(file)) {
                    indexer.index(in);
                }
            }
        }
        api = SmallRyeOpenAPI.builder()
                .withConfig(new SmallRyeConfigBuilder().build())
                .withIndex(indexer.complete())
                .addFilter(new ApiDescription())
                .build()
                .model();
    }

    /** By path and method, such as {@code GET /v1/catalog}. */
    private static Map<String, Operation> operations() {
        Map<String, Operation> operations = new TreeMap<>();
        api.getPaths()
                .getPathItems()
                .forEach((path, item) -> item.getOperations()
                        .forEach((method, operation) -> operations.put(path + " " + rank(method) + method, operation)));
        Map<String, Operation> inOrder = new LinkedHashMap<>();
        operations.forEach((key, operation) -> {
            String[] parts = key.split(" ", 2);
            inOrder.put(parts[1].substring(1) + " " + parts[0], operation);
        });
        return inOrder;
    }

    private static int rank(HttpMethod method) {
        return List.of(HttpMethod.GET, HttpMethod.PUT, HttpMethod.POST, HttpMethod.DELETE)
                        .indexOf(method)
                + 1;
    }

    @Test
    void everyOperationSaysWhatItDoesAndAnswers() {
        List<String> silent = new ArrayList<>();
        operations().forEach((name, operation) -> {
            if (operation.getSummary() == null) {
                silent.add(name + " needs @Operation(summary = …)");
            }
            if (!operation.getResponses().hasAPIResponse("200")
                    || operation.getResponses().getAPIResponse("200").getDescription() == null) {
                silent.add(name + " needs @APIResponse(responseCode = \"200\", description = …)");
            }
            for (Parameter parameter : parameters(operation)) {
                if (parameter.getDescription() == null) {
                    silent.add(name + ": say what " + parameter.getName() + " is in ApiDescription.PARAMETERS");
                }
            }
        });
        assertThat(silent).isEmpty();
    }

    @Test
    void everyProblemThatIsNamedHasItsStatus() {
        operations()
                .forEach((name, operation) -> refusals(operation)
                        .forEach((status, slug) -> assertThat(Stream.of(ProblemType.values())
                                        .filter(type -> type.slug().equals(slug))
                                        .map(type -> Integer.toString(type.status())))
                                .as(name + " answers " + slug)
                                .containsExactly(status)));
    }

    @Test
    void thePageHasEveryOperation() throws IOException {
        StringBuilder page = new StringBuilder("""
                # API reference

                JSON over HTTP, made from the OpenAPI document that `GET /q/openapi` serves. Refusals are problem documents
                (RFC 9457), explained in [errors.md](errors.md); besides those that an operation names, any one can answer those
                that stand there under [anywhere](errors.md#anywhere). An ETag is a version in quotes, such as `"42"`.

                """);
        String group = "";
        for (Map.Entry<String, Operation> entry : operations().entrySet()) {
            String name = entry.getKey();
            String noun = name.split("/", -1)[2];
            if (!noun.equals(group)) {
                page.append("## ").append(noun).append("\n\n");
                group = noun;
            }
            append(page, name, entry.getValue());
        }
        ReferencePage.assertPage("api-reference.md", page.toString().stripTrailing() + "\n");
    }

    private static void append(StringBuilder page, String name, Operation operation) {
        page.append("### `")
                .append(name)
                .append("`\n\n")
                .append(operation.getSummary())
                .append(".\n\n");
        if (operation.getDescription() != null) {
            page.append(operation.getDescription()).append("\n\n");
        }
        List<Parameter> parameters = parameters(operation);
        if (!parameters.isEmpty() || operation.getRequestBody() != null) {
            page.append("| takes | in | what |\n| --- | --- | --- |\n");
            for (Parameter parameter : inOrder(name, parameters)) {
                row(page, "`" + parameter.getName() + "`", parameter.getIn().toString(), parameter.getDescription());
            }
            if (operation.getRequestBody() != null) {
                row(page, "the body", "body", operation.getRequestBody().getDescription());
            }
            page.append('\n');
        }
        page.append("| answers | with |\n| --- | --- |\n");
        operation.getResponses().getAPIResponses().forEach((status, response) -> {
            if (response.getRef() == null) {
                row(page, status, response.getDescription());
            }
        });
        refusals(operation).forEach((status, slug) -> row(page, status, "[" + slug + "](errors.md#" + slug + ")"));
        page.append('\n');
    }

    /** Those of the path as they stand in it, then the others. */
    private static List<Parameter> inOrder(String name, List<Parameter> parameters) {
        return parameters.stream()
                .sorted(Comparator.comparingInt(
                        parameter -> Math.floorMod(name.indexOf("{" + parameter.getName() + "}"), Integer.MAX_VALUE)))
                .toList();
    }

    private static void row(StringBuilder page, String... cells) {
        page.append("| ").append(String.join(" | ", cells)).append(" |\n");
    }

    private static List<Parameter> parameters(Operation operation) {
        return operation.getParameters() == null ? List.of() : operation.getParameters();
    }

    /** The problem types an operation names, by status. */
    private static Map<String, String> refusals(Operation operation) {
        Map<String, String> refusals = new TreeMap<>();
        operation.getResponses().getAPIResponses().forEach((status, response) -> {
            if (response.getRef() != null) {
                refusals.put(status, slug(response));
            }
        });
        return refusals;
    }

    private static String slug(APIResponse response) {
        return response.getRef().substring(response.getRef().lastIndexOf('/') + 1);
    }
}
