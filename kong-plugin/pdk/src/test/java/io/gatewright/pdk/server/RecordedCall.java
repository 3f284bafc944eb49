package io.gatewright.pdk.server;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.gatewright.pdk.Headers;
import io.gatewright.pdk.Kong;
import io.gatewright.pdk.Outcome;
import io.gatewright.pdk.Value;
import io.gatewright.proto.kong.ExitArgs;
import io.gatewright.proto.kong.KeyValue;
import io.gatewright.proto.kong.LuaEntry;
import io.gatewright.proto.kong.LuaTable;
import io.gatewright.proto.kong.LuaValue;
import io.gatewright.proto.kong.Text;
import io.gatewright.proto.kong.Whole;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A call of a recorded plugin, to be made again through the API. */
record RecordedCall(String method, ByteString args) {
    /**
     * Makes it.
     *
     * @throws RuntimeException if the API refuses it
     */
    void make(Kong kong) throws InvalidProtocolBufferException {
        switch (method) {
            case "kong.client.get_ip" -> kong.client().getIp();
            case "kong.client.get_consumer" -> kong.client().getConsumer();
            case "kong.client.get_credential" -> kong.client().getCredential();
            case "kong.ctx.shared.get" -> kong.ctx().shared().get(text());
            case "kong.ctx.shared.set" ->
                kong.ctx().shared().set(key(), value(keyValue().getV()));
            case "kong.ip.is_trusted" -> kong.ip().isTrusted(text());
            case "kong.log.serialize" -> kong.log().serialize();
            case "kong.nginx.get_var" -> kong.nginx().getVar(text());
            case "kong.nginx.get_subsystem" -> kong.nginx().getSubsystem();
            case "kong.nginx.get_tls1_version_str" -> kong.nginx().getTls1VersionStr();
            case "kong.nginx.set_ctx" -> kong.nginx().bufferResponse(keyValue().hasV());
            case "kong.node.get_id" -> kong.node().getId();
            case "kong.request.get_method" -> kong.request().getMethod();
            case "kong.request.get_scheme" -> kong.request().getScheme();
            case "kong.request.get_http_version" -> kong.request().getHttpVersion();
            case "kong.request.get_header" -> kong.request().getHeader(text());
            case "kong.request.get_headers" -> kong.request().getHeaders(whole());
            case "kong.request.get_path_with_query" -> kong.request().getPathWithQuery();
            case "kong.request.get_query" -> kong.request().getQuery(whole());
            case "kong.request.get_raw_query" -> kong.request().getRawQuery();
            case "kong.request.get_raw_body" -> kong.request().getRawBody();
            case "kong.response.get_status" -> kong.response().getStatus();
            case "kong.response.get_source" -> kong.response().getSource();
            case "kong.response.get_header" -> kong.response().getHeader(text());
            case "kong.response.get_headers" -> kong.response().getHeaders(whole());
            case "kong.response.set_header" ->
                kong.response().setHeader(key(), values(keyValue().getV()));
            case "kong.response.add_header" ->
                kong.response().addHeader(key(), values(keyValue().getV()).getFirst());
            case "kong.response.clear_header" -> kong.response().clearHeader(text());
            case "kong.router.get_route" -> kong.router().getRoute();
            case "kong.router.get_service" -> kong.router().getService();
            case "kong.service.request.set_header" ->
                kong.service().request().setHeader(key(), values(keyValue().getV()));
            case "kong.service.response.get_status" -> kong.service().response().getStatus();
            case "kong.service.response.get_header" -> kong.service().response().getHeader(text());
            case "kong.service.response.get_headers" ->
                kong.service().response().getHeaders(whole());
            case "kong.service.response.get_raw_body" ->
                kong.service().response().getRawBody();
            default -> throw new IllegalArgumentException("The API has no call that is " + method);
        }
    }

    /** The outcome, if this is an exit. */
    Outcome exit() throws InvalidProtocolBufferException {
        ExitArgs exit = ExitArgs.parseFrom(args);
        Headers headers = Headers.none();
        for (LuaEntry entry : exit.getHeaders().getFieldsList()) {
            for (String value : values(entry.getValue())) {
                headers = headers.with(entry.getKey().toStringUtf8(), value);
            }
        }
        return Outcome.exit(exit.getStatus(), headers, exit.getBody().toByteArray());
    }

    private String text() throws InvalidProtocolBufferException {
        return Text.parseFrom(args).getV().toStringUtf8();
    }

    private int whole() throws InvalidProtocolBufferException {
        return Whole.parseFrom(args).getV();
    }

    private KeyValue keyValue() throws InvalidProtocolBufferException {
        return KeyValue.parseFrom(args);
    }

    private String key() throws InvalidProtocolBufferException {
        return keyValue().getK().toStringUtf8();
    }

    private static List<String> values(LuaValue value) {
        return value.hasListValue()
                ? value.getListValue().getValuesList().stream()
                        .map(each -> each.getStringValue().toString(StandardCharsets.ISO_8859_1))
                        .toList()
                : List.of(value.getStringValue().toString(StandardCharsets.ISO_8859_1));
    }

    private static Value value(LuaValue value) {
        return switch (value.getKindCase()) {
            case NULL_VALUE, KIND_NOT_SET -> Value.nil();
            case NUMBER_VALUE -> Value.of(value.getNumberValue());
            case STRING_VALUE -> Value.of(value.getStringValue().toByteArray());
            case BOOL_VALUE -> new Value.Flag(value.getBoolValue());
            case LIST_VALUE ->
                Value.of(value.getListValue().getValuesList().stream()
                        .map(RecordedCall::value)
                        .toList());
            case STRUCT_VALUE -> table(value.getStructValue());
        };
    }

    private static Value table(LuaTable table) {
        Map<String, Value> entries = new LinkedHashMap<>();
        table.getFieldsList().forEach(entry -> entries.put(entry.getKey().toStringUtf8(), value(entry.getValue())));
        return Value.of(entries);
    }
}
