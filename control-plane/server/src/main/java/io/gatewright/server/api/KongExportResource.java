package io.gatewright.server.api;

import io.gatewright.kong.DblessDocument;
import io.gatewright.kong.DeckFile;
import io.gatewright.kong.KongTranslator;
import io.gatewright.kong.KongTranslator.Translation;
import io.gatewright.kong.Profile;
import io.gatewright.kong.Target;
import io.gatewright.server.Configuration;
import io.gatewright.settings.Problem;
import io.gatewright.settings.Settings;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.jspecify.annotations.Nullable;

/** What the settings come to for a Kong, as a file. */
@Path("/v1/export/kong/{form}")
public class KongExportResource {
    private static final String YAML = "application/yaml";

    private final AsOf asOf;
    private final Configuration configuration;

    public KongExportResource(AsOf asOf, Configuration configuration) {
        this.asOf = asOf;
        this.configuration = configuration;
    }

    @GET
    @RunOnVirtualThread
    @Operation(
            summary =
                    "What the settings come to for a Kong: `deck`, a file for decK, or `dbless`, a declarative configuration")
    @APIResponse(responseCode = "200", description = "The file, YAML for decK and JSON for a Kong without a database")
    @APIResponse(responseCode = "400", ref = "bad-request")
    @APIResponse(responseCode = "404", ref = "not-found")
    @APIResponse(responseCode = "422", ref = "invalid")
    public Response export(
            @PathParam("form") String form,
            @QueryParam("profile") @Nullable String profile,
            @QueryParam("at") @Nullable String at) {
        boolean deck = form.equals("deck");
        if (!deck && !form.equals("dbless")) {
            throw Refusal.notFound("form", "form " + form, "use deck or dbless");
        }
        Target target =
                new Target(profile(profile), configuration.kong().target().redis());
        Settings settings = at == null ? asOf.newest() : asOf.settings(at);
        Translation made = KongTranslator.translate(settings, target);
        if (!made.failures().isEmpty()) {
            List<Problem> problems = made.failures().entrySet().stream()
                    .map(failure -> new Problem(
                            "tenant/" + failure.getKey(),
                            "cannot be made for Kong: " + failure.getValue(),
                            "correct the settings of this tenant"))
                    .toList();
            throw Refusal.invalid(problems);
        }
        return deck
                ? Response.ok(DeckFile.write(made.bundle()), YAML).build()
                : Response.ok(DblessDocument.of(made.bundle()).text(), MediaType.APPLICATION_JSON)
                        .build();
    }

    private Profile profile(@Nullable String name) {
        if (name == null) {
            return configuration.kong().target().profile();
        }
        return Arrays.stream(Profile.values())
                .filter(profile -> profile.wireName().equals(name))
                .findFirst()
                .orElseThrow(() -> Refusal.badRequest(
                        "profile",
                        "is not known",
                        "use one of "
                                + Arrays.stream(Profile.values())
                                        .map(Profile::wireName)
                                        .collect(Collectors.joining(", "))));
    }
}
