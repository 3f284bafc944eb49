package io.gatewright.server.api;

import static java.util.Map.entry;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.openapi.OASFactory;
import org.eclipse.microprofile.openapi.OASFilter;
import org.eclipse.microprofile.openapi.models.Components;
import org.eclipse.microprofile.openapi.models.OpenAPI;
import org.eclipse.microprofile.openapi.models.Operation;
import org.eclipse.microprofile.openapi.models.PathItem;
import org.eclipse.microprofile.openapi.models.media.Content;
import org.eclipse.microprofile.openapi.models.media.Schema;
import org.eclipse.microprofile.openapi.models.parameters.Parameter;
import org.eclipse.microprofile.openapi.models.responses.APIResponse;

/**
 * Completes the OpenAPI document with what operations have in common: what a parameter of a name means, the headers of
 * writes, the problem documents, and that bodies are JSON objects although the code handles text. Stateless; runs when the
 * document is made.
 */
public class ApiDescription implements OASFilter {
    private static final String JSON = "application/json";

    private record Meaning(Schema.SchemaType type, String text) {}

    private static final Map<String, Meaning> PARAMETERS = Map.ofEntries(
            entry("actor", text("The user's id in the token; none for a caller without one")),
            entry(
                    "after",
                    text("Only what comes after that place: an offset, or `EPOCH-OFFSET`; else from the first on")),
            entry(
                    "at",
                    text("As of a revision, or of a time with its offset such as `2026-05-04T06:00:00Z`: the newest"
                            + " revision that is not later")),
            entry("before", number("Only revisions before that one")),
            entry("blame", flag("Whether to say which scopes made each value, who, when and why")),
            entry("consumer", text("The name of the consumer")),
            entry("dryRun", flag("Whether to only say what it would do")),
            entry("form", text("`deck` or `dbless`")),
            entry("from", number("The revision to start from")),
            entry("gateway", text("Only gateways of that kind, `envoy` or `kong`; else all")),
            entry("id", text("The document's id; of a setting `SCOPE/KEY`; of a tenant, a sync or a proposal its own")),
            entry("issuer", text("The id of the issuer")),
            entry("key", text("The key, such as `rate-limit.requests`")),
            entry("kind", text("`org`, `tenant`, `module`, `issuer`, `listener`, `setting` or `signing-keys`")),
            entry("Last-Event-ID", text("Where a stream goes on, as its `id` said: the last event that was seen")),
            entry("limit", number("How many at most")),
            entry("module", text("On that module")),
            entry("number", number("The revision; 0 is before the first")),
            entry("profile", text("`full` or `native`; else as the control plane is configured")),
            entry("revision", number("Of that revision; else of the newest")),
            entry("route", text("On that route, `MODULE/ROUTE`")),
            entry("state", text("`open`, `all`, or one state of a proposal")),
            entry("tenant", text("The tenant")),
            entry("topic", text("Only events of that topic, such as `policy.rejected`")),
            entry("trigger", text("Only of that trigger, such as `manual` or `drift`")),
            entry("to", number("The last revision; else the newest")),
            entry("wait", text("How long to wait at most, such as `PT5S`")));

    private static final List<Parameter> OF_WRITES = List.of(
            header(
                    "Change-Reason",
                    "Why, kept in the history; beyond ASCII as `UTF-8''` and percent-encoded (RFC 8187)"),
            header(
                    "Change-Not-Before",
                    "When the change shall be made, with its offset such as `2030-01-31T06:00:00+01:00`; else now"),
            header("X-Correlation-ID", "Kept in the history"));

    /** How any write can be turned down. */
    private static final List<ProblemType> REFUSALS_OF_WRITES = List.of(
            ProblemType.BAD_REQUEST,
            ProblemType.NOT_FOUND,
            ProblemType.CONFLICT,
            ProblemType.STALE,
            ProblemType.INVALID,
            ProblemType.DATABASE_UNAVAILABLE);

    private static final Parameter IF_MATCH = header("If-Match", "The ETag of what you read");
    private static final Parameter IF_NONE_MATCH = header("If-None-Match", "`*` instead, to create a document");

    private static Meaning text(String text) {
        return new Meaning(Schema.SchemaType.STRING, text);
    }

    private static Meaning number(String text) {
        return new Meaning(Schema.SchemaType.INTEGER, text);
    }

    private static Meaning flag(String text) {
        return new Meaning(Schema.SchemaType.BOOLEAN, text);
    }

    private static Parameter header(String name, String text) {
        return OASFactory.createParameter()
                .name(name)
                .in(Parameter.In.HEADER)
                .schema(schema(Schema.SchemaType.STRING))
                .description(text);
    }

    @Override
    public void filterOpenAPI(OpenAPI api) {
        Components components = api.getComponents() == null ? OASFactory.createComponents() : api.getComponents();
        for (ProblemType type : ProblemType.values()) {
            components.addResponse(type.slug(), problem(type));
        }
        api.setComponents(components);
        api.getPaths()
                .getPathItems()
                .forEach((path, item) -> item.getOperations().forEach(ApiDescription::complete));
    }

    private static APIResponse problem(ProblemType type) {
        return OASFactory.createAPIResponse()
                .description(type.title() + ". " + type.meaning())
                .content(content("application/problem+json"));
    }

    private static void complete(PathItem.HttpMethod method, Operation operation) {
        List<Parameter> parameters = operation.getParameters() == null ? List.of() : operation.getParameters();
        parameters.forEach(ApiDescription::describe);
        if (operation.getResponses().hasAPIResponse("202")) { // what can wait is a write
            add(operation, OF_WRITES);
            REFUSALS_OF_WRITES.forEach(type -> operation
                    .getResponses()
                    .addAPIResponse(
                            Integer.toString(type.status()),
                            OASFactory.createAPIResponse().ref(type.slug())));
        }
        if (operation.getResponses().hasAPIResponse("428")) {
            add(operation, List.of(IF_MATCH));
        }
        if (method == PathItem.HttpMethod.PUT) {
            add(operation, List.of(IF_NONE_MATCH));
        }
        if (operation.getRequestBody() != null) {
            operation.getRequestBody().setContent(content(JSON));
        }
        APIResponse done = operation.getResponses().getAPIResponse("200");
        if (done != null && (done.getContent() == null || done.getContent().hasMediaType(JSON))) {
            done.setContent(content(JSON));
        }
    }

    private static void describe(Parameter parameter) {
        Meaning meaning = PARAMETERS.get(parameter.getName());
        if (meaning != null && parameter.getDescription() == null) {
            parameter.setDescription(meaning.text());
            parameter.setSchema(schema(meaning.type()));
        }
    }

    private static void add(Operation operation, List<Parameter> more) {
        List<Parameter> all = new ArrayList<>(more);
        if (operation.getParameters() != null) {
            all.addAll(0, operation.getParameters());
        }
        operation.setParameters(all);
    }

    private static Schema schema(Schema.SchemaType type) {
        return OASFactory.createSchema().addType(type);
    }

    private static Content content(String mediaType) {
        return OASFactory.createContent()
                .addMediaType(mediaType, OASFactory.createMediaType().schema(schema(Schema.SchemaType.OBJECT)));
    }
}
