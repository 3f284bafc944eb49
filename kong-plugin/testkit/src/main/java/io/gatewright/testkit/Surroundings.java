package io.gatewright.testkit;

import com.google.protobuf.InvalidProtocolBufferException;
import io.gatewright.pdk.Method;
import io.gatewright.proto.kong.EntityKey;
import io.gatewright.proto.kong.LuaList;
import io.gatewright.proto.kong.LuaValue;
import io.gatewright.proto.kong.RouteEntity;
import io.gatewright.proto.kong.ServiceEntity;
import io.gatewright.testkit.Arguments.Pair;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Kong's functions beside request and response: ctx, log, nginx, node, router, ip. Thread-safe. */
final class Surroundings {
    private final UUID node = UUID.randomUUID();
    private final ErrorLog log;
    private final String host;
    private final int port;
    private final RouteEntity route;
    private final ServiceEntity service;

    Surroundings(ErrorLog log, String host, int port) {
        this.log = log;
        this.host = host;
        this.port = port;
        EntityKey serviceKey = EntityKey.newBuilder()
                .setId(Replies.bytes(UUID.randomUUID().toString()))
                .build();
        this.route = RouteEntity.newBuilder()
                .setId(Replies.bytes(UUID.randomUUID().toString()))
                .setName(Replies.bytes("route"))
                .addProtocols(Replies.bytes("http"))
                .addPaths(Replies.bytes("/"))
                .setService(serviceKey)
                .build();
        this.service = ServiceEntity.newBuilder()
                .setId(serviceKey.getId())
                .setName(Replies.bytes("service"))
                .setProtocol(Replies.bytes("http"))
                .setHost(Replies.bytes(host))
                .setPort(port)
                .build();
    }

    String host() {
        return host;
    }

    int port() {
        return port;
    }

    byte[] run(ProxiedRequest seen, Method method, byte[] args) {
        return switch (method) {
            case CTX_SHARED_GET -> Replies.value(seen.shared.get(Arguments.text(args)));
            case CTX_SHARED_SET -> put(seen.shared, Arguments.pair(args));
            case NGINX_GET_CTX -> Replies.value(ctx(seen, Arguments.text(args)));
            case NGINX_SET_CTX -> put(seen.ctx, Arguments.pair(args));
            case NGINX_GET_VAR -> Replies.text(variable(seen, Arguments.text(args)));
            case NGINX_REQ_START_TIME -> Replies.decimal(seen.startMillis / 1000.0);
            case NGINX_GET_SUBSYSTEM -> Replies.text("http");
            case IP_IS_TRUSTED -> Replies.flag(false);
            case NODE_GET_ID -> Replies.text(node.toString());
            case ROUTER_GET_ROUTE -> route.toByteArray();
            case ROUTER_GET_SERVICE -> service.toByteArray();
            case LOG_SERIALIZE -> Replies.text(serialized(seen));
            case LOG_ALERT, LOG_CRIT, LOG_ERR, LOG_WARN, LOG_NOTICE, LOG_INFO, LOG_DEBUG -> write(method, args);
            default -> Replies.EMPTY; // no TLS, no memory statistics, nothing set on the serialised request
        };
    }

    private byte[] write(Method method, byte[] args) {
        String level = method.wireName().substring("kong.log.".length());
        try {
            StringBuilder line = new StringBuilder(level);
            line.append(": [kong] pb_rpc.lua ");
            for (LuaValue value : LuaList.parseFrom(args).getValuesList()) {
                line.append(Replies.text(value.getStringValue()));
            }
            log.write(line.toString());
            return Replies.EMPTY;
        } catch (InvalidProtocolBufferException e) {
            throw new LuaError("type mismatch: " + e.getMessage());
        }
    }

    private static byte[] put(Map<String, Object> table, Pair pair) {
        if (pair.value() == null) {
            table.remove(pair.name());
        } else {
            table.put(pair.name(), pair.value());
        }
        return Replies.EMPTY;
    }

    private static @Nullable Object ctx(ProxiedRequest seen, String name) {
        Answer service = seen.serviceAnswer;
        return switch (name) {
            case "buffered_status" -> service == null ? null : service.status;
            case "buffered_headers" -> service == null ? null : service.headers.table(1000);
            case "buffered_body" -> service == null ? null : new String(service.body, StandardCharsets.ISO_8859_1);
            default -> seen.ctx.get(name);
        };
    }

    private @Nullable String variable(ProxiedRequest seen, String name) {
        return switch (name) {
            case "kong_request_id" -> seen.id;
            case "request_id" -> new StringBuilder(seen.id).reverse().toString();
            case "request_method" -> seen.method;
            case "request_uri" -> seen.pathWithQuery();
            case "uri" -> seen.path;
            case "args" -> seen.query;
            case "remote_addr" -> seen.clientIp;
            case "host" -> host;
            default ->
                name.startsWith("http_")
                        ? seen.headers.first(name.substring("http_".length())
                                .replace('_', '-')
                                .toLowerCase(Locale.ROOT))
                        : null;
        };
    }

    private static String serialized(ProxiedRequest seen) {
        Answer answer = seen.answer;
        int status = answer == null ? 0 : answer.status;
        return "{\"request\":{\"id\":\"%s\",\"method\":\"%s\",\"uri\":\"%s\"},\"response\":{\"status\":%d}}"
                .formatted(seen.id, seen.method, seen.pathWithQuery().replace("\"", "%22"), status);
    }
}
