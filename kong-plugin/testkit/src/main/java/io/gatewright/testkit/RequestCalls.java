package io.gatewright.testkit;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.gatewright.pdk.KongVersion;
import io.gatewright.pdk.Method;
import io.gatewright.pdk.Phase;
import io.gatewright.proto.kong.AuthenticateArgs;
import io.gatewright.proto.kong.RawBody;
import io.gatewright.testkit.Arguments.Pair;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Kong's functions on a request that is on its way. One thread at a time. */
final class RequestCalls implements Calls {
    private static final Set<String> METHODS = Set.of(
            "GET",
            "HEAD",
            "PUT",
            "POST",
            "DELETE",
            "OPTIONS",
            "MKCOL",
            "COPY",
            "MOVE",
            "PROPFIND",
            "PROPPATCH",
            "LOCK",
            "UNLOCK",
            "PATCH",
            "TRACE");

    private final KongVersion version;
    private final ProxiedRequest own;
    private final Leak leak;
    private final Surroundings surroundings;

    RequestCalls(KongVersion version, ProxiedRequest request, Leak leak, Surroundings surroundings) {
        this.version = version;
        this.own = request;
        this.leak = leak;
        this.surroundings = surroundings;
    }

    @Override
    public byte[] run(Phase phase, Method method, byte[] args) {
        if (!method.isAllowed(phase, version)) {
            throw new LuaError("function cannot be called in " + phase.wireName() + " phase");
        }
        ProxiedRequest seen = leak.seenBy(method, phase, own);
        return switch (group(method)) {
            case "request" -> request(seen, method, args);
            case "response" -> response(seen, method, args);
            case "service" -> service(method, args);
            case "client" -> client(method, args);
            default -> surroundings.run(seen, method, args);
        };
    }

    private static String group(Method method) {
        String name = method.wireName();
        return name.substring("kong.".length(), name.indexOf('.', "kong.".length()));
    }

    private byte[] request(ProxiedRequest seen, Method method, byte[] args) {
        return switch (method) {
            case REQUEST_GET_SCHEME, REQUEST_GET_FORWARDED_SCHEME -> Replies.text("http");
            case REQUEST_GET_HOST, REQUEST_GET_FORWARDED_HOST -> Replies.text(surroundings.host());
            case REQUEST_GET_PORT, REQUEST_GET_FORWARDED_PORT -> Replies.whole(surroundings.port());
            case REQUEST_GET_HTTP_VERSION -> Replies.decimal(1.1);
            case REQUEST_GET_METHOD -> Replies.text(own.method);
            case REQUEST_GET_PATH -> Replies.text(own.path);
            case REQUEST_GET_PATH_WITH_QUERY -> Replies.text(own.pathWithQuery());
            case REQUEST_GET_RAW_QUERY -> Replies.text(own.query);
            case REQUEST_GET_QUERY_ARG -> QueryTable.of(own.query).argument(Arguments.text(args));
            case REQUEST_GET_QUERY -> Replies.table(QueryTable.of(own.query).table(Arguments.limit(args)));
            case REQUEST_GET_HEADER -> Replies.text(seen.headers.first(Arguments.text(args)));
            case REQUEST_GET_HEADERS -> Replies.table(seen.headers.table(Arguments.limit(args)));
            case REQUEST_GET_RAW_BODY -> rawBody();
            default -> Replies.EMPTY; // get_uri_captures: the route here is a prefix
        };
    }

    private byte[] rawBody() {
        RawBody.Builder body = RawBody.newBuilder();
        if (own.bodyFile == null) {
            body.setContent(ByteString.copyFrom(own.body));
        } else {
            body.setBodyFilepath(Replies.bytes(own.bodyFile.toString()));
        }
        return body.build().toByteArray();
    }

    private byte[] response(ProxiedRequest seen, Method method, byte[] args) {
        return switch (method) {
            case RESPONSE_GET_STATUS -> Replies.whole(answer(seen).status);
            case RESPONSE_GET_HEADER -> Replies.text(answer(seen).headers.first(Arguments.text(args)));
            case RESPONSE_GET_HEADERS -> Replies.table(answer(seen).headers.table(Arguments.limit(args)));
            case RESPONSE_GET_SOURCE -> Replies.text(answer(seen).source.name().toLowerCase(Locale.ROOT));
            case RESPONSE_SET_STATUS -> setStatus(args);
            case RESPONSE_SET_HEADER, RESPONSE_ADD_HEADER, RESPONSE_CLEAR_HEADER, RESPONSE_SET_HEADERS ->
                setHeaders(own.responseHeaders(), method, args);
            case RESPONSE_EXIT -> {
                Arguments.table(Arguments.exit(args).getHeaders()).values().forEach(RequestCalls::checkExitHeader);
                yield Replies.EMPTY;
            }
            default -> throw new IllegalStateException("No answer for " + method);
        };
    }

    private static void checkExitHeader(Object value) {
        if (!(value instanceof Map)) { // Kong drops a table in silence
            Arguments.header(value);
        }
    }

    private byte[] setStatus(byte[] args) {
        int status = Arguments.whole(args);
        if (status < 100 || status > 599) {
            throw new LuaError("code must be a number between 100 and 599");
        }
        if (own.answer == null) {
            own.laterStatus = status;
        } else {
            own.answer.status = status;
        }
        return Replies.EMPTY;
    }

    private byte[] service(Method method, byte[] args) {
        switch (method) {
            case SERVICE_SET_UPSTREAM -> {
                return Replies.flag(false); // there are no upstream entities
            }
            case SERVICE_RESPONSE_GET_STATUS -> {
                return Replies.whole(buffered().status);
            }
            case SERVICE_RESPONSE_GET_HEADER -> {
                return Replies.text(buffered().headers.first(Arguments.text(args)));
            }
            case SERVICE_RESPONSE_GET_HEADERS -> {
                buffered();
                return Replies.EMPTY; // a proxy table without keys of its own
            }
            case SERVICE_RESPONSE_GET_RAW_BODY -> {
                return Replies.bytes(buffered().body);
            }
            case SERVICE_REQUEST_SET_PATH -> own.upstreamPath = path(Arguments.text(args));
            case SERVICE_REQUEST_SET_RAW_QUERY -> own.upstreamQuery = Arguments.text(args);
            case SERVICE_REQUEST_SET_QUERY -> own.upstreamQuery = QueryTable.encode(Arguments.table(args));
            case SERVICE_REQUEST_SET_METHOD -> own.upstreamMethod = method(Arguments.text(args));
            case SERVICE_REQUEST_SET_RAW_BODY -> own.upstreamBody = Arguments.bytes(args);
            case SERVICE_REQUEST_SET_HEADER,
                    SERVICE_REQUEST_ADD_HEADER,
                    SERVICE_REQUEST_CLEAR_HEADER,
                    SERVICE_REQUEST_SET_HEADERS -> setHeaders(own.upstreamHeaders, method, args);
            default -> { // set_target and set_scheme: the one upstream stays
            }
        }
        return Replies.EMPTY;
    }

    private byte[] setHeaders(HeaderMap headers, Method method, byte[] args) {
        switch (method) {
            case RESPONSE_CLEAR_HEADER, SERVICE_REQUEST_CLEAR_HEADER -> headers.remove(Arguments.text(args));
            case RESPONSE_SET_HEADERS, SERVICE_REQUEST_SET_HEADERS ->
                Arguments.table(args).forEach((name, value) -> headers.set(name, Arguments.header(value)));
            case RESPONSE_ADD_HEADER, SERVICE_REQUEST_ADD_HEADER -> {
                Pair pair = Arguments.pair(args);
                Arguments.header(pair.value()).forEach(value -> headers.add(pair.name(), value));
            }
            default -> {
                Pair pair = Arguments.pair(args);
                headers.set(pair.name(), Arguments.header(pair.value()));
            }
        }
        return Replies.EMPTY;
    }

    private byte[] client(Method method, byte[] args) {
        return switch (method) {
            case CLIENT_GET_IP, CLIENT_GET_FORWARDED_IP -> Replies.text(own.clientIp);
            case CLIENT_GET_PORT, CLIENT_GET_FORWARDED_PORT -> Replies.whole(own.clientPort);
            case CLIENT_GET_PROTOCOL -> Replies.text("http");
            case CLIENT_GET_CONSUMER -> own.consumer == null ? Replies.EMPTY : own.consumer.toByteArray();
            case CLIENT_GET_CREDENTIAL -> own.credential == null ? Replies.EMPTY : own.credential.toByteArray();
            case CLIENT_AUTHENTICATE -> authenticate(args);
            default -> Replies.EMPTY; // load_consumer: there is no database
        };
    }

    private byte[] authenticate(byte[] args) {
        try {
            AuthenticateArgs both = AuthenticateArgs.parseFrom(args);
            if (!both.hasConsumer() && !both.hasCredential()) {
                throw new LuaError("either credential or consumer must be provided");
            }
            own.consumer = both.hasConsumer() ? both.getConsumer() : null;
            own.credential = both.hasCredential() ? both.getCredential() : null;
            return Replies.EMPTY;
        } catch (InvalidProtocolBufferException e) {
            throw new LuaError("type mismatch: " + e.getMessage());
        }
    }

    private Answer buffered() {
        if (own.serviceAnswer == null) {
            throw new LuaError("service body is only available with buffered proxying");
        }
        return own.serviceAnswer;
    }

    private static Answer answer(ProxiedRequest seen) {
        Answer answer = seen.answer;
        if (answer == null) {
            throw new LuaError("there is no response yet");
        }
        return answer;
    }

    private static String path(String path) {
        if (!path.startsWith("/")) {
            throw new LuaError("path must start with /");
        }
        return path;
    }

    private static String method(String method) {
        if (!METHODS.contains(method)) {
            throw new LuaError("invalid method: " + method);
        }
        return method;
    }

    /** Whether nginx knows it; what it does not know goes upstream as GET when the response is held back. */
    static boolean isKnown(String method) {
        return METHODS.contains(method);
    }
}
