package io.gatewright.sidecar.extproc;

import static org.assertj.core.api.Assertions.assertThat;

import io.envoyproxy.envoy.config.core.v3.HeaderValueOption;
import io.envoyproxy.envoy.extensions.filters.http.ext_proc.v3.ProcessingMode;
import io.envoyproxy.envoy.extensions.filters.http.ext_proc.v3.ProcessingMode.BodySendMode;
import io.envoyproxy.envoy.extensions.filters.http.ext_proc.v3.ProcessingMode.HeaderSendMode;
import io.envoyproxy.envoy.service.ext_proc.v3.HeaderMutation;
import io.envoyproxy.envoy.service.ext_proc.v3.ImmediateResponse;
import io.envoyproxy.envoy.service.ext_proc.v3.ProcessingResponse;
import io.gatewright.settings.Settings;
import io.grpc.Status;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Envoy's door, message by message; the numbers are those of docs/guard-cases.md. */
@Timeout(120)
final class ConversationIT {
    private static final String TENANT = "acme-de";

    @TempDir
    static Path directory;

    private static DoorFixture door;

    private final String key = UUID.randomUUID().toString();
    private final String correlation = UUID.randomUUID().toString();

    @BeforeAll
    static void open() throws Exception {
        door = new DoorFixture(directory);
    }

    @AfterAll
    static void close() {
        door.close();
    }

    private PlayedEnvoy asked(PlayedEnvoy request) {
        return request.head(
                "POST",
                "/orders",
                false,
                "idempotency-key",
                key,
                "x-correlation-id",
                correlation,
                "x-user-id",
                "alice");
    }

    /** A request that was asked for its body, has sent it and may go to the upstream. */
    private PlayedEnvoy running() throws InterruptedException {
        PlayedEnvoy request = asked(door.request(TENANT));
        assertThat(request.next().getModeOverride().getRequestBodyMode()).isEqualTo(BodySendMode.BUFFERED_PARTIAL);
        assertThat(request.body("{}", true).next().hasRequestBody()).isTrue();
        return request;
    }

    private ImmediateResponse retried() throws InterruptedException {
        PlayedEnvoy request = asked(door.request(TENANT));
        request.next();
        ProcessingResponse response = request.body("{}", true).next();
        assertThat(response.hasImmediateResponse()).as(response.toString()).isTrue();
        return response.getImmediateResponse();
    }

    private static String body(ImmediateResponse response) {
        return response.getBody().toStringUtf8();
    }

    private static void isProblem(ImmediateResponse response, int status, String type) {
        assertThat(response.getStatus().getCodeValue()).as(body(response)).isEqualTo(status);
        assertThat(body(response)).contains("\"urn:gatewright:problem:" + type + "\"");
    }

    private static List<String> set(HeaderMutation mutation, String name) {
        return mutation.getSetHeadersList().stream()
                .map(HeaderValueOption::getHeader)
                .filter(header -> header.getKey().equals(name))
                .map(header -> header.getRawValue().toStringUtf8())
                .toList();
    }

    @Test
    @SuppressWarnings("deprecation") // the switch that Envoy's ext_proc heeds
    void case1And2And15ReadsBothBodiesThenReplaysThem() throws Exception {
        PlayedEnvoy first = asked(door.request(TENANT));
        ProcessingResponse decided = first.next();
        ProcessingMode mode = decided.getModeOverride();
        assertThat(mode.getRequestBodyMode()).isEqualTo(BodySendMode.BUFFERED_PARTIAL);
        assertThat(mode.getResponseHeaderMode()).isEqualTo(HeaderSendMode.SEND);
        assertThat(mode.getResponseBodyMode()).isEqualTo(BodySendMode.NONE);
        HeaderMutation head = decided.getRequestHeaders().getResponse().getHeaderMutation();
        assertThat(set(head, "x-envoy-max-retries")).containsExactly("0");
        assertThat(head.getSetHeadersCount()).as("nothing else of the request").isEqualTo(2);
        assertThat(head.getRemoveHeadersList()).isEmpty();
        assertThat(first.body("{}", true).next().hasRequestBody()).isTrue();
        assertThat(set(head, "idempotency-attempt"))
                .containsExactly(
                        door.ask("SELECT attempt FROM idempotency.claim WHERE correlation = '" + correlation + "'"));
        first.answered(
                201, false, "content-type", "application/json", "link", "<a>", "link", "<b>", "set-cookie", "s=1");
        assertThat(first.next().getModeOverride().getResponseBodyMode()).isEqualTo(BodySendMode.BUFFERED_PARTIAL);
        HeaderMutation answer = first.answerBody("{\"n\":1}", true)
                .next()
                .getResponseBody()
                .getResponse()
                .getHeaderMutation();
        assertThat(set(answer, "idempotency-status").getFirst()).startsWith("executed;expires=");
        first.cancel();

        ImmediateResponse replay = retried();
        assertThat(replay.getStatus().getCodeValue()).isEqualTo(201);
        assertThat(body(replay)).isEqualTo("{\"n\":1}");
        assertThat(set(replay.getHeaders(), "link")).containsExactly("<a>", "<b>");
        assertThat(set(replay.getHeaders(), "set-cookie")).isEmpty();
        assertThat(set(replay.getHeaders(), "idempotent-replayed")).containsExactly("true");
        assertThat(replay.getHeaders().getSetHeadersList())
                .as("append_action is ignored there")
                .allMatch(option -> option.getAppend().getValue());
    }

    @Test
    void claimsARequestWithoutABodyAtItsHeadAndKeepsAnAnswerWithoutOne() throws Exception {
        PlayedEnvoy request = door.request(TENANT)
                .head("POST", "/orders", true, "idempotency-key", key, "x-correlation-id", correlation);
        ProcessingMode mode = request.next().getModeOverride();
        assertThat(mode.getRequestBodyMode()).isEqualTo(BodySendMode.NONE);
        assertThat(mode.getResponseHeaderMode()).isEqualTo(HeaderSendMode.SEND);
        HeaderMutation answer = request.answered(204, true)
                .next()
                .getResponseHeaders()
                .getResponse()
                .getHeaderMutation();
        assertThat(set(answer, "idempotency-status").getFirst()).startsWith("executed;");
        door.awaitState(correlation, "done");
    }

    @Test
    void asksNothingMoreOfARequestWithoutAKey() throws Exception {
        ProcessingResponse response =
                door.request(TENANT).head("POST", "/orders", false).next();
        assertThat(response.hasRequestHeaders()).isTrue();
        assertThat(response.hasModeOverride()).isFalse();
    }

    @Test
    void case32AClientThatLeavesBeforeTheDispatchLeavesNothingBehind() throws Exception {
        PlayedEnvoy request = asked(door.request(TENANT));
        request.next();
        try (Connection held = door.hold("idempotency.claim")) {
            request.body("{}", true).leave();
            held.commit();
        }
        door.awaitState(correlation, "released");
        running();
    }

    @Test
    void case32AClientThatLeavesAfterTheDispatchLeavesTheOutcomeUnknown() throws Exception {
        running().leave();
        door.awaitState(correlation, "unknown");
        isProblem(retried(), 409, "outcome-unknown");
        assertThat(door.ask("SELECT count(*) FROM events.log WHERE type = 'gateway.request.outcome-unknown.v1'"
                        + " AND body LIKE '%" + correlation + "%'"))
                .isEqualTo("1");
    }

    @Test
    void anAnswerThatBreaksOffLeavesTheOutcomeUnknown() throws Exception {
        PlayedEnvoy request = running();
        request.answered(201, false).next();
        request.leave();
        door.awaitState(correlation, "unknown");
    }

    @Test
    void anAnswerThatIsThereIsKeptAlthoughTheClientLeaves() throws Exception {
        PlayedEnvoy request = running();
        request.answered(201, false, "location", "/orders/7").next();
        try (Connection held = door.hold("idempotency.claim")) {
            request.answerBody("{}", true).leave();
            held.commit();
        }
        door.awaitState(correlation, "done");
        assertThat(set(retried().getHeaders(), "location")).containsExactly("/orders/7");
    }

    @Test
    void case20LetsTheNextOneRunOnlyWithProofThatNothingWasSent() throws Exception {
        List<String> unsent = List.of(
                "no_healthy_upstream",
                "upstream_reset_before_response_started{remote_connection_failure|delayed_connect_error:_Connection_refused}",
                "upstream_reset_before_response_started{connection_timeout}");
        for (String details : unsent) {
            HeaderMutation answer = running()
                    .answerHead(503, details, 1, false)
                    .next()
                    .getResponseHeaders()
                    .getResponse()
                    .getHeaderMutation();
            assertThat(set(answer, "idempotency-status")).as(details).containsExactly("released");
            door.awaitState(correlation, "released");
        }
    }

    @Test
    void whatEnvoyAnswersWithoutSuchAProofIsUnknown() throws Exception {
        running().answerHead(503, "no_healthy_upstream", 3, false).next();
        door.awaitState(correlation, "unknown");
    }

    @Test
    void timeoutsAndResetsAndWhatIsNewAreUnknown() throws Exception {
        for (String details : List.of(
                "response_timeout",
                "upstream_reset_before_response_started{connection_termination}",
                "upstream_per_try_timeout",
                "some_later_reason",
                "")) {
            ConversationIT other = new ConversationIT();
            HeaderMutation answer = other.running()
                    .answerHead(504, details, 1, false)
                    .next()
                    .getResponseHeaders()
                    .getResponse()
                    .getHeaderMutation();
            assertThat(set(answer, "idempotency-status")).as(details).containsExactly("unknown");
            door.awaitState(other.correlation, "unknown");
        }
    }

    @Test
    void whatEnvoyAnswersWhileItWaitsForTheBodyPassesAndClaimsNothing() throws Exception {
        PlayedEnvoy request = asked(door.request(TENANT));
        request.next();
        ProcessingResponse response =
                request.answerHead(408, "request_overall_timeout", 0, false).next();
        assertThat(response.hasResponseHeaders()).isTrue();
        assertThat(response.hasModeOverride()).isFalse();
        request.leave();
        running();
    }

    @Test
    void whatEnvoyAnswersWhileTheStoreWorksLeavesNothingBehind() throws Exception {
        PlayedEnvoy request = asked(door.request(TENANT));
        request.next();
        try (Connection held = door.hold("idempotency.claim")) {
            request.body("{}", true).answerHead(408, "stream_idle_timeout", 0, false);
            assertThat(request.next().hasResponseHeaders()).isTrue();
            held.commit();
        }
        door.awaitState(correlation, "released");
        running();
    }

    @Test
    void aBodyThatEnvoyCannotHoldIsRefusedBeforeTheDispatch() throws Exception {
        PlayedEnvoy request = asked(door.request(TENANT));
        request.next();
        isProblem(request.body("{", false).next().getImmediateResponse(), 413, "body-too-large");
    }

    @Test
    void theSameRequestOnAnotherStreamGoesOnAndTheFirstStreamEndsNothing() throws Exception {
        PlayedEnvoy first = running();
        PlayedEnvoy again = asked(door.again(first, TENANT));
        again.next();
        assertThat(again.body("{}", true).next().hasRequestBody()).isTrue();
        first.leave();
        again.answered(201, true).next();
        door.awaitState(correlation, "done");
        assertThat(retried().getStatus().getCodeValue()).isEqualTo(201);
    }

    @Test
    void doesNotHoldStreamsNorAnswersThatAreTooLargeToBeKept() throws Exception {
        for (List<String> field :
                List.of(List.of("content-type", "text/event-stream"), List.of("content-length", "5000000"))) {
            ConversationIT other = new ConversationIT();
            ProcessingResponse answer = other.running()
                    .answered(201, false, field.getFirst(), field.getLast(), "location", "/orders/9")
                    .next();
            assertThat(answer.hasResponseHeaders()).isTrue();
            assertThat(answer.hasModeOverride()).as(field.toString()).isFalse();
            ImmediateResponse retried = other.retried();
            isProblem(retried, 409, "replay-unavailable");
            assertThat(body(retried)).contains("\"originalStatus\":201", "/orders/9");
        }
    }

    @Test
    void anAnswerOfWhichEnvoyHeldOnlyAPartIsNotReplayed() throws Exception {
        PlayedEnvoy request = running();
        request.answered(200, false).next();
        assertThat(request.answerBody("part", false).next().hasResponseBody()).isTrue();
        door.awaitState(correlation, "done");
        isProblem(retried(), 409, "replay-unavailable");
    }

    @Test
    void case78TagsReadsAndMakes304WithoutTouchingTheBodyOtherwise() throws Exception {
        PlayedEnvoy first = door.request("acme-at").head("GET", "/orders/1", true);
        assertThat(first.next().getModeOverride().getResponseHeaderMode()).isEqualTo(HeaderSendMode.SEND);
        first.answered(200, false, "content-type", "application/json", "content-length", "2")
                .next();
        HeaderMutation tagged = first.answerBody("{}", true)
                .next()
                .getResponseBody()
                .getResponse()
                .getHeaderMutation();
        String tag = set(tagged, "etag").getFirst();

        PlayedEnvoy second = door.request("acme-at").head("GET", "/orders/1", true, "if-none-match", "W/" + tag);
        second.next();
        second.answered(200, false, "content-type", "application/json", "content-length", "2")
                .next();
        var changed = second.answerBody("{}", true).next().getResponseBody().getResponse();
        assertThat(set(changed.getHeaderMutation(), ":status")).containsExactly("304");
        assertThat(changed.getHeaderMutation().getRemoveHeadersList()).contains("content-length", "content-type");
        assertThat(changed.getBodyMutation().getClearBody()).isTrue();
    }

    @Test
    void case4ARetryThatWaitsAsksEnvoyForTheTimeItNeeds() throws Exception {
        PlayedEnvoy first = asked(door.request("beta-ch"));
        first.next();
        first.body("{}", true);
        assertThat(first.next().getOverrideMessageTimeout().getSeconds()).isPositive();
        assertThat(first.next().hasRequestBody()).isTrue();
        PlayedEnvoy second = asked(door.request("beta-ch"));
        second.next();
        second.body("{}", true);
        assertThat(second.next().hasOverrideMessageTimeout()).isTrue();
        first.answered(201, true).next();
        assertThat(second.next().getImmediateResponse().getStatus().getCodeValue())
                .isEqualTo(201);
    }

    @Test
    void endsAStreamThatMakesNoSenseWithAnErrorSinceEnvoyTakesACleanEndForConsent() throws Exception {
        assertThat(door.request(TENANT).answered(200, true).end().getCode()).isEqualTo(Status.Code.INTERNAL);
        PlayedEnvoy undecided = asked(door.request(TENANT));
        undecided.next();
        assertThat(undecided.answerHead(200, "", 1, true).end().getCode()).isEqualTo(Status.Code.INTERNAL);
        assertThat(door.request(TENANT).body("{}", true).end().getCode()).isEqualTo(Status.Code.INTERNAL);
        assertThat(door.request(TENANT).answerBody("{}", true).end().getCode()).isEqualTo(Status.Code.INTERNAL);
    }

    @Test
    void refusesKeysOfTenantsAndModulesThatItDoesNotKnowYet() throws Exception {
        List<PlayedEnvoy> strangers = List.of(
                asked(door.requestOfNobody()),
                asked(door.request("acme-es")),
                door.request(TENANT).head("POST", "/unheard-of", true, "idempotency-key", key));
        for (PlayedEnvoy stranger : strangers) {
            ImmediateResponse refused = stranger.next().getImmediateResponse();
            isProblem(refused, 503, "store-unavailable");
            assertThat(set(refused.getHeaders(), "retry-after")).containsExactly("1");
        }
        assertThat(door.request("acme-es")
                        .head("GET", "/orders/1", true, "idempotency-key", key, "if-none-match", "\"a\"")
                        .next()
                        .hasRequestHeaders())
                .isTrue();
    }

    @Test
    void refusesKeysWhileItHasNoSettings() throws Exception {
        Settings known = door.settings.getAndSet(Settings.EMPTY);
        try {
            isProblem(asked(door.request(TENANT)).next().getImmediateResponse(), 503, "store-unavailable");
        } finally {
            door.settings.set(known);
        }
        running();
    }
}
