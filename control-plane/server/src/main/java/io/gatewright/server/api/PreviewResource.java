package io.gatewright.server.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.gatewright.registry.Change;
import io.gatewright.registry.Changeset;
import io.gatewright.registry.DocumentChange;
import io.gatewright.registry.History;
import io.gatewright.registry.Rehearsal;
import io.gatewright.registry.SettingsFeed;
import io.gatewright.server.preview.Preview;
import io.gatewright.settings.BodyFormat;
import io.gatewright.settings.Document;
import io.gatewright.settings.Problem;
import io.gatewright.settings.Settings;
import io.gatewright.xds.Deployments;
import io.gatewright.xds.NodeView;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;

/** What a change set or a rollback would come to. Stores nothing. */
@Path("/v1/preview")
@Produces(MediaType.APPLICATION_JSON)
public class PreviewResource {
    private static final String ACTOR = "preview";
    private static final long LONGEST_WAIT_SECONDS = 20;

    /** A preview of a change for all tenants translates all of them, twice: one at a time bounds what that needs. */
    private static final Semaphore ONE_AT_A_TIME = new Semaphore(1, true);

    private final SettingsFeed feed;
    private final History history;
    private final Deployments deployments;
    private final KongNodes kongs;

    public PreviewResource(SettingsFeed feed, History history, Deployments deployments, KongNodes kongs) {
        this.feed = feed;
        this.history = history;
        this.deployments = deployments;
        this.kongs = kongs;
    }

    @POST
    @Consumes(MediaType.WILDCARD)
    @Operation(summary = "Says what a change set or a rollback would come to, and stores nothing")
    @RequestBody(
            description =
                    "`{changes, requests}` or `{rollback, requests}`: changes as of a change set, rollback a revision,"
                            + " requests samples to be decided before and after")
    @APIResponse(
            responseCode = "200",
            description =
                    "Effective values that change and for whom, resources that differ at each gateway, warnings, and"
                            + " what each sample request gets")
    @APIResponse(responseCode = "400", ref = "bad-request")
    @APIResponse(responseCode = "404", ref = "not-found")
    @APIResponse(responseCode = "409", ref = "conflict")
    @APIResponse(responseCode = "412", ref = "stale")
    @APIResponse(responseCode = "413", ref = "body-too-large")
    @APIResponse(responseCode = "422", ref = "invalid")
    @APIResponse(responseCode = "503", ref = "busy")
    public String preview(InputStream body) throws InterruptedException {
        PreviewForm form = PreviewForm.read(Json.read(body));
        if (!ONE_AT_A_TIME.tryAcquire(LONGEST_WAIT_SECONDS, TimeUnit.SECONDS)) {
            throw Refusal.of(
                    ProblemType.BUSY,
                    new Problem(
                            "preview",
                            "others are being made since " + LONGEST_WAIT_SECONDS + " s",
                            "try again later"));
        }
        try {
            return preview(form).toString();
        } finally {
            ONE_AT_A_TIME.release();
        }
    }

    private ObjectNode preview(PreviewForm form) {
        feed.look(); // so that whoever wrote something before this previews on top of it
        Settings before = feed.current();
        List<DocumentChange> changes = rehearse(before, form);
        List<Document> documents =
                changes.stream().map(change -> written(before, change)).toList();
        Settings after = before.with(before.revision() + 1, documents);
        Preview preview =
                Preview.of(before, after, documents.stream().map(Document::key).toList(), form.samples(), form.limit());
        List<String> nodes = deployments.nodes().stream()
                .filter(NodeView::connected)
                .map(NodeView::id)
                .sorted()
                .toList();
        ObjectNode json = PreviewJson.write(before.revision(), changes, preview, form.limit(), nodes);
        kongs.foreseen(before, after)
                .ifPresent(foreseen -> PreviewJson.addKong(json, foreseen, form.limit(), kongs.connected()));
        return json;
    }

    private List<DocumentChange> rehearse(Settings before, PreviewForm form) {
        List<Change> wanted = form.rollback() == null ? form.changes() : backTo(before, form.rollback());
        if (wanted.isEmpty()) {
            return List.of();
        }
        Changeset changeset = new Changeset(ACTOR, ACTOR, /* correlationId= */ null, wanted);
        return switch (Rehearsal.of(before, changeset)) {
            case Rehearsal.Possible possible -> possible.changes();
            case Rehearsal.Refused refused -> {
                Answers.of(refused.why());
                throw new AssertionError("a refusal is thrown");
            }
        };
    }

    private List<Change> backTo(Settings before, long revision) {
        if (revision > before.revision()) {
            throw Refusal.notFound("rollback", "revision " + revision, "the newest is " + before.revision());
        }
        return history.changesBackTo(revision, before.revision());
    }

    private static Document written(Settings before, DocumentChange change) {
        List<Problem> problems = new ArrayList<>();
        Document document = new Document(
                change.key(),
                before.revision() + 1,
                change.newBody() == null ? null : BodyFormat.read(change.key(), change.newBody(), problems));
        if (!problems.isEmpty()) {
            throw new IllegalStateException("a rehearsed body cannot be read: " + problems);
        }
        return document;
    }
}
