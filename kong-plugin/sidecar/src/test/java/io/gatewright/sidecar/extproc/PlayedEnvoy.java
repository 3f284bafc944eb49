package io.gatewright.sidecar.extproc;

import com.google.protobuf.ByteString;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.envoyproxy.envoy.config.core.v3.HeaderMap;
import io.envoyproxy.envoy.config.core.v3.HeaderValue;
import io.envoyproxy.envoy.service.ext_proc.v3.ExternalProcessorGrpc;
import io.envoyproxy.envoy.service.ext_proc.v3.HttpBody;
import io.envoyproxy.envoy.service.ext_proc.v3.HttpHeaders;
import io.envoyproxy.envoy.service.ext_proc.v3.ProcessingRequest;
import io.envoyproxy.envoy.service.ext_proc.v3.ProcessingResponse;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.grpc.stub.MetadataUtils;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Envoy's side of one request, message by message (observed on Envoy 1.40). One thread at a time. */
final class PlayedEnvoy implements ClientResponseObserver<ProcessingRequest, ProcessingResponse> {
    private static final long PATIENCE_SECONDS = 20;

    final String requestId;
    private final BlockingQueue<Object> heard = new LinkedBlockingQueue<>();
    private @Nullable ClientCallStreamObserver<ProcessingRequest> stream;

    /** Opens a stream as the scope of this tenant does, or one without any tenant. */
    PlayedEnvoy(ManagedChannel channel, @Nullable String tenant) {
        this(channel, tenant, UUID.randomUUID().toString());
    }

    /** Opens another stream for the same request, as Envoy does when the first one broke before its first answer. */
    PlayedEnvoy(ManagedChannel channel, @Nullable String tenant, String requestId) {
        this.requestId = requestId;
        Metadata metadata = new Metadata();
        if (tenant != null) {
            metadata.put(Metadata.Key.of("x-gatewright-tenant", Metadata.ASCII_STRING_MARSHALLER), tenant);
        }
        var _ = ExternalProcessorGrpc.newStub(channel)
                .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(metadata))
                .process(this);
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<ProcessingRequest> requests) {
        stream = requests;
    }

    @Override
    public void onNext(ProcessingResponse response) {
        heard.add(response);
    }

    @Override
    public void onError(Throwable t) {
        heard.add(Status.fromThrowable(t));
    }

    @Override
    public void onCompleted() {
        heard.add(Status.OK);
    }

    private ClientCallStreamObserver<ProcessingRequest> stream() {
        if (stream == null) {
            throw new IllegalStateException("the stream has not begun");
        }
        return stream;
    }

    /** What the door says next, if it says something. */
    ProcessingResponse next() throws InterruptedException {
        Object next = heard();
        if (next instanceof ProcessingResponse response) {
            return response;
        }
        throw new AssertionError("The stream ended before the door said anything: " + next);
    }

    /** How the door ends the stream, if that is what it does next. */
    Status end() throws InterruptedException {
        Object next = heard();
        if (next instanceof Status status) {
            return status;
        }
        throw new AssertionError("The door said something more: " + next);
    }

    private Object heard() throws InterruptedException {
        Object next = heard.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
        if (next == null) {
            throw new AssertionError("The door is silent");
        }
        return next;
    }

    /** The request's head. */
    PlayedEnvoy head(String method, String path, boolean last, String... fields) {
        HeaderMap.Builder headers = headers(fields);
        headers.addHeaders(header(":method", method)).addHeaders(header(":path", path));
        stream()
                .onNext(ProcessingRequest.newBuilder()
                        .setRequestHeaders(
                                HttpHeaders.newBuilder().setHeaders(headers).setEndOfStream(last))
                        .putAttributes("envoy.filters.http.ext_proc", attributes("request.id", text(requestId)))
                        .build());
        return this;
    }

    /** The request's body; not the last of it when it is larger than Envoy holds. */
    PlayedEnvoy body(String octets, boolean last) {
        stream()
                .onNext(ProcessingRequest.newBuilder()
                        .setRequestBody(part(octets, last))
                        .build());
        return this;
    }

    /** An answer's head. */
    PlayedEnvoy answerHead(int status, String details, int attempts, boolean last, String... fields) {
        HeaderMap.Builder headers = headers(fields).addHeaders(header(":status", String.valueOf(status)));
        stream()
                .onNext(ProcessingRequest.newBuilder()
                        .setResponseHeaders(
                                HttpHeaders.newBuilder().setHeaders(headers).setEndOfStream(last))
                        .putAttributes(
                                "envoy.filters.http.ext_proc",
                                attributes(
                                        "response.code_details",
                                        text(details),
                                        "upstream.request_attempt_count",
                                        Value.newBuilder()
                                                .setNumberValue(attempts)
                                                .build()))
                        .build());
        return this;
    }

    /** The head of an answer that the upstream gave at the first attempt. */
    PlayedEnvoy answered(int status, boolean last, String... fields) {
        return answerHead(status, "via_upstream", 1, last, fields);
    }

    PlayedEnvoy answerBody(String octets, boolean last) {
        stream()
                .onNext(ProcessingRequest.newBuilder()
                        .setResponseBody(part(octets, last))
                        .build());
        return this;
    }

    /** How a stream ends whose client left, and returns when the door has seen it. */
    void leave() throws InterruptedException {
        stream().onCompleted();
        end();
    }

    /** How a stream ends that is not needed any more. */
    void cancel() {
        stream().cancel("done", null);
    }

    private static HttpBody part(String octets, boolean last) {
        return HttpBody.newBuilder()
                .setBody(ByteString.copyFromUtf8(octets))
                .setEndOfStream(last)
                .build();
    }

    private static HeaderMap.Builder headers(String... fields) {
        HeaderMap.Builder headers = HeaderMap.newBuilder();
        for (int i = 0; i < fields.length; i += 2) {
            headers.addHeaders(header(fields[i], fields[i + 1]));
        }
        return headers;
    }

    private static HeaderValue header(String name, String value) {
        return HeaderValue.newBuilder()
                .setKey(name)
                .setRawValue(ByteString.copyFromUtf8(value))
                .build();
    }

    private static Value text(String value) {
        return Value.newBuilder().setStringValue(value).build();
    }

    private static Struct attributes(String name, Value value) {
        return Struct.newBuilder().putFields(name, value).build();
    }

    private static Struct attributes(String first, Value one, String second, Value two) {
        return Struct.newBuilder().putFields(first, one).putFields(second, two).build();
    }
}
