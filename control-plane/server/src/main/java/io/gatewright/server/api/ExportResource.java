package io.gatewright.server.api;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.gatewright.settings.Document;
import io.gatewright.settings.Kind;
import io.gatewright.settings.Settings;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.EntityTag;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.StreamingOutput;
import java.io.IOException;
import java.io.OutputStream;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.jspecify.annotations.Nullable;

/**
 * All documents that people write, at one revision: {@code {revision, documents: [{kind, id, version, body}]}}, by kind and
 * id, one on a line. Written one by one, however many there are.
 */
@Path("/v1/export")
@Produces(MediaType.APPLICATION_JSON)
public class ExportResource {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private final AsOf asOf;

    public ExportResource(AsOf asOf) {
        this.asOf = asOf;
    }

    @GET
    @Operation(summary = "All documents that people write, as a file that can be applied")
    @APIResponse(responseCode = "200", description = "`{revision, documents: [{kind, id, version, body}]}`, streamed")
    @APIResponse(responseCode = "400", ref = "bad-request")
    @APIResponse(responseCode = "404", ref = "not-found")
    public Response export(@QueryParam("at") @Nullable String at) {
        Settings settings = at == null ? asOf.newest() : asOf.settings(at);
        StreamingOutput documents = out -> write(settings, out);
        return Response.ok(documents)
                .tag(new EntityTag(Long.toString(settings.revision())))
                .build();
    }

    private static void write(Settings settings, OutputStream out) throws IOException {
        try (JsonGenerator json = MAPPER.createGenerator(out)) {
            json.writeStartObject();
            json.writeNumberField("revision", settings.revision());
            json.writeArrayFieldStart("documents");
            for (Kind kind : Kind.values()) {
                if (kind != Kind.SIGNING_KEYS) {
                    for (Document document : settings.all(kind)) {
                        json.writeRaw('\n');
                        json.writeTree(Answers.document(document));
                    }
                }
            }
            json.writeEndArray();
            json.writeEndObject();
        }
    }
}
