package io.gatewright.sidecar.extproc;

import com.google.protobuf.ByteString;
import com.google.protobuf.Duration;
import io.envoyproxy.envoy.config.core.v3.HeaderValue;
import io.envoyproxy.envoy.config.core.v3.HeaderValueOption;
import io.envoyproxy.envoy.config.core.v3.HeaderValueOption.HeaderAppendAction;
import io.envoyproxy.envoy.extensions.filters.http.ext_proc.v3.ProcessingMode;
import io.envoyproxy.envoy.extensions.filters.http.ext_proc.v3.ProcessingMode.BodySendMode;
import io.envoyproxy.envoy.extensions.filters.http.ext_proc.v3.ProcessingMode.HeaderSendMode;
import io.envoyproxy.envoy.service.ext_proc.v3.BodyMutation;
import io.envoyproxy.envoy.service.ext_proc.v3.BodyResponse;
import io.envoyproxy.envoy.service.ext_proc.v3.CommonResponse;
import io.envoyproxy.envoy.service.ext_proc.v3.CommonResponse.ResponseStatus;
import io.envoyproxy.envoy.service.ext_proc.v3.HeaderMutation;
import io.envoyproxy.envoy.service.ext_proc.v3.HeadersResponse;
import io.envoyproxy.envoy.service.ext_proc.v3.ImmediateResponse;
import io.envoyproxy.envoy.service.ext_proc.v3.ProcessingResponse;
import io.envoyproxy.envoy.type.v3.HttpStatus;
import io.envoyproxy.envoy.type.v3.StatusCode;
import io.gatewright.guard.Caller;
import io.gatewright.guard.ResponseChange;
import io.gatewright.guard.http.Fields;
import io.gatewright.guard.http.Fields.Field;
import io.gatewright.guard.http.Reply;
import java.nio.charset.StandardCharsets;
import java.util.UUID;

/** What this service says to Envoy (envoy/service/ext_proc/v3/external_processor.proto). Stateless. */
final class Answers {
    /** By this the gateway's configuration knows that the answer is whole. */
    private static final String DETAILS = "gatewright_guard";

    private Answers() {}

    /** The request goes on and its answer is not asked for. */
    static ProcessingResponse pass() {
        return ProcessingResponse.newBuilder()
                .setRequestHeaders(HeadersResponse.getDefaultInstance())
                .build();
    }

    /** The request goes on, and its answer's head is asked for. */
    static ProcessingResponse passAndSeeAnswer() {
        return ProcessingResponse.newBuilder()
                .setRequestHeaders(HeadersResponse.getDefaultInstance())
                .setModeOverride(mode().setResponseHeaderMode(HeaderSendMode.SEND))
                .build();
    }

    /** The body is asked for before anything is sent on, and Envoy is told not to try again by itself. */
    static ProcessingResponse readBody(UUID attempt) {
        return ProcessingResponse.newBuilder()
                .setRequestHeaders(HeadersResponse.newBuilder().setResponse(once(attempt)))
                .setModeOverride(mode().setRequestBodyMode(BodySendMode.BUFFERED_PARTIAL)
                        .setResponseHeaderMode(HeaderSendMode.SEND))
                .build();
    }

    /** A request without a body goes on, once, and its answer is asked for. */
    static ProcessingResponse runBodyless(UUID attempt) {
        return run(once(attempt));
    }

    /** A request without a key goes on, once, with its body unread, and its answer is asked for. */
    static ProcessingResponse runUnread() {
        return run(CommonResponse.newBuilder()
                .setHeaderMutation(HeaderMutation.newBuilder().addSetHeaders(set("x-envoy-max-retries", "0")))
                .build());
    }

    private static ProcessingResponse run(CommonResponse how) {
        return ProcessingResponse.newBuilder()
                .setRequestHeaders(HeadersResponse.newBuilder().setResponse(how))
                .setModeOverride(mode().setResponseHeaderMode(HeaderSendMode.SEND))
                .build();
    }

    /** The body that was read goes on. */
    static ProcessingResponse run() {
        return ProcessingResponse.newBuilder()
                .setRequestBody(BodyResponse.getDefaultInstance())
                .build();
    }

    private static CommonResponse once(UUID attempt) {
        return CommonResponse.newBuilder()
                .setHeaderMutation(HeaderMutation.newBuilder()
                        .addSetHeaders(set("x-envoy-max-retries", "0"))
                        .addSetHeaders(set(Caller.ATTEMPT, attempt.toString())))
                .build();
    }

    /** Asks for more time for the message that is being answered. */
    static ProcessingResponse wait(java.time.Duration wait) {
        return ProcessingResponse.newBuilder()
                .setOverrideMessageTimeout(
                        Duration.newBuilder().setSeconds(wait.toSeconds()).setNanos(wait.toNanosPart()))
                .build();
    }

    /** The answer's body is asked for. */
    static ProcessingResponse readAnswer() {
        return ProcessingResponse.newBuilder()
                .setResponseHeaders(HeadersResponse.getDefaultInstance())
                .setModeOverride(mode().setResponseBodyMode(BodySendMode.BUFFERED_PARTIAL))
                .build();
    }

    /** The answer goes as it is. */
    static ProcessingResponse passAnswer() {
        return ProcessingResponse.newBuilder()
                .setResponseHeaders(HeadersResponse.getDefaultInstance())
                .build();
    }

    /** Changes an answer at its head. */
    static ProcessingResponse changeHead(ResponseChange change) {
        return ProcessingResponse.newBuilder()
                .setResponseHeaders(HeadersResponse.newBuilder().setResponse(changed(change)))
                .build();
    }

    /** Changes an answer whose body was read. */
    static ProcessingResponse changeBody(ResponseChange change) {
        return ProcessingResponse.newBuilder()
                .setResponseBody(BodyResponse.newBuilder().setResponse(changed(change)))
                .build();
    }

    private static CommonResponse changed(ResponseChange change) {
        CommonResponse.Builder response = CommonResponse.newBuilder();
        HeaderMutation.Builder headers = response.getHeaderMutationBuilder();
        headers.addAllRemoveHeaders(change.remove());
        change.set().lines().forEach(line -> headers.addSetHeaders(set(line.name(), line.value())));
        if (change.status() != 0) {
            headers.addSetHeaders(set(":status", String.valueOf(change.status())));
            headers.addRemoveHeaders("content-length");
            response.setStatus(ResponseStatus.CONTINUE_AND_REPLACE)
                    .setBodyMutation(BodyMutation.newBuilder().setClearBody(true));
        }
        return response.build();
    }

    /** The client gets this, in a phase of the request. */
    static ProcessingResponse reply(Reply reply) {
        ImmediateResponse.Builder response = ImmediateResponse.newBuilder()
                .setStatus(HttpStatus.newBuilder().setCode(code(reply.status())))
                .setBody(ByteString.copyFrom(reply.body().bytes()))
                .setDetails(DETAILS);
        HeaderMutation.Builder headers = response.getHeadersBuilder();
        for (Field line : reply.fields().lines()) {
            headers.addSetHeaders(append(line));
        }
        return ProcessingResponse.newBuilder().setImmediateResponse(response).build();
    }

    /** Envoy's enumeration has the statuses that are registered; the others count by their class. */
    private static StatusCode code(int status) {
        StatusCode code = StatusCode.forNumber(status);
        return code == null ? StatusCode.forNumber(status / 100 * 100) : code;
    }

    /** The old switch: Envoy's ext_proc ignores append_action, and several lines of one name would overwrite each other. */
    @SuppressWarnings("deprecation")
    private static HeaderValueOption append(Field line) {
        return HeaderValueOption.newBuilder()
                .setHeader(value(line.name(), line.value()))
                .setAppend(com.google.protobuf.BoolValue.of(true))
                .build();
    }

    private static HeaderValueOption set(String name, String value) {
        return HeaderValueOption.newBuilder()
                .setHeader(value(name, value))
                .setAppendAction(HeaderAppendAction.OVERWRITE_IF_EXISTS_OR_ADD)
                .build();
    }

    private static HeaderValue value(String name, String value) {
        return HeaderValue.newBuilder()
                .setKey(name)
                .setRawValue(ByteString.copyFrom(value, StandardCharsets.ISO_8859_1))
                .build();
    }

    /** An override replaces the modes of bodies as a whole: what it does not name is NONE. */
    private static ProcessingMode.Builder mode() {
        return ProcessingMode.newBuilder()
                .setRequestHeaderMode(HeaderSendMode.SEND)
                .setRequestTrailerMode(HeaderSendMode.SKIP)
                .setResponseTrailerMode(HeaderSendMode.SKIP);
    }

    /** The fields of a message, without the pseudo ones. */
    static Fields fields(io.envoyproxy.envoy.config.core.v3.HeaderMap headers) {
        return new Fields(headers.getHeadersList().stream()
                .filter(header -> !header.getKey().startsWith(":"))
                .map(header -> new Field(header.getKey(), text(header)))
                .toList());
    }

    /** One field, empty when it is not there. */
    static String field(io.envoyproxy.envoy.config.core.v3.HeaderMap headers, String name) {
        return headers.getHeadersList().stream()
                .filter(header -> header.getKey().equals(name))
                .map(Answers::text)
                .findFirst()
                .orElse("");
    }

    private static String text(HeaderValue header) {
        return header.getRawValue().isEmpty()
                ? header.getValue()
                : header.getRawValue().toString(StandardCharsets.ISO_8859_1);
    }
}
