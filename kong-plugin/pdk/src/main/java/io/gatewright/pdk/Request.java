package io.gatewright.pdk;

import io.gatewright.proto.kong.Decimal;
import io.gatewright.proto.kong.LuaTable;
import io.gatewright.proto.kong.UriCapturesResult;
import io.gatewright.proto.kong.Whole;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * {@code kong.request}: the client's request. In rewrite, access and response; headers also in log. One thread at a time.
 *
 * <p>Each getter has a static question of the same name for {@link Kong#fetch}.
 */
public final class Request {
    private static final int MAX_FIELDS = 1000;
    private static final int USUAL_FIELDS = 100;

    private static final Ask<String> SCHEME = Ask.text(Method.REQUEST_GET_SCHEME);
    private static final Ask<String> HOST = Ask.text(Method.REQUEST_GET_HOST);
    private static final Ask<Integer> PORT = Ask.whole(Method.REQUEST_GET_PORT);
    private static final Ask<String> FORWARDED_SCHEME = Ask.text(Method.REQUEST_GET_FORWARDED_SCHEME);
    private static final Ask<String> FORWARDED_HOST = Ask.text(Method.REQUEST_GET_FORWARDED_HOST);
    private static final Ask<Integer> FORWARDED_PORT = Ask.whole(Method.REQUEST_GET_FORWARDED_PORT);
    private static final Ask<Double> HTTP_VERSION =
            Ask.of(Method.REQUEST_GET_HTTP_VERSION, Ask.NOTHING, Decimal.parser(), Decimal::getV);
    private static final Ask<String> METHOD = Ask.text(Method.REQUEST_GET_METHOD);
    private static final Ask<String> PATH = Ask.text(Method.REQUEST_GET_PATH);
    private static final Ask<String> PATH_WITH_QUERY = Ask.text(Method.REQUEST_GET_PATH_WITH_QUERY);
    private static final Ask<String> RAW_QUERY = Ask.text(Method.REQUEST_GET_RAW_QUERY);
    private static final Ask<Body> RAW_BODY = Ask.body(Method.REQUEST_GET_RAW_BODY);

    private final Calls calls;

    Request(Calls calls) {
        this.calls = calls;
    }

    /** {@code http} or {@code https}, as the connection to Kong is. */
    public String getScheme() {
        return calls.get(SCHEME);
    }

    /** The question behind {@link #getScheme}. */
    public static Ask<String> scheme() {
        return SCHEME;
    }

    /** The host without port, in lower case. */
    public String getHost() {
        return calls.get(HOST);
    }

    /** The question behind {@link #getHost}. */
    public static Ask<String> host() {
        return HOST;
    }

    /** Kong's port to which the request came. */
    public int getPort() {
        return calls.get(PORT);
    }

    /** The question behind {@link #getPort}. */
    public static Ask<Integer> port() {
        return PORT;
    }

    /** As {@link #getScheme}, or what a trusted proxy before Kong says it was. */
    public String getForwardedScheme() {
        return calls.get(FORWARDED_SCHEME);
    }

    /** As {@link #getHost}, or what a trusted proxy before Kong says it was. */
    public String getForwardedHost() {
        return calls.get(FORWARDED_HOST);
    }

    /** As {@link #getPort}, or what a trusted proxy before Kong says it was. */
    public int getForwardedPort() {
        return calls.get(FORWARDED_PORT);
    }

    /** 1.0, 1.1, 2.0 or 3.0. */
    public double getHttpVersion() {
        return calls.get(HTTP_VERSION);
    }

    /** The method, in upper case for those of HTTP. */
    public String getMethod() {
        return calls.get(METHOD);
    }

    /** The question behind {@link #getMethod}. */
    public static Ask<String> method() {
        return METHOD;
    }

    /** The path, normalised, without query. */
    public String getPath() {
        return calls.get(PATH);
    }

    /** The question behind {@link #getPath}. */
    public static Ask<String> path() {
        return PATH;
    }

    /** Path and query as the client sent them. */
    public String getPathWithQuery() {
        return calls.get(PATH_WITH_QUERY);
    }

    /** The question behind {@link #getPathWithQuery}. */
    public static Ask<String> pathWithQuery() {
        return PATH_WITH_QUERY;
    }

    /** The query without its question mark; empty if there is none. */
    public String getRawQuery() {
        return calls.get(RAW_QUERY);
    }

    /** The question behind {@link #getRawQuery}. */
    public static Ask<String> rawQuery() {
        return RAW_QUERY;
    }

    /**
     * The first value of an argument in the query, decoded; empty text for one without a value, absent if there is none.
     * Read from the raw query here, because Kong's own method fails the request for {@code ?flag}.
     */
    public Optional<String> getQueryArg(String name) {
        return calls.get(queryArg(name));
    }

    /** The question behind {@link #getQueryArg}. */
    public static Ask<Optional<String>> queryArg(String name) {
        return Ask.of(
                Method.REQUEST_GET_RAW_QUERY,
                Ask.NOTHING,
                io.gatewright.proto.kong.Text.parser(),
                answer -> Query.first(Texts.header(answer.getV()), name));
    }

    /**
     * The arguments of the query as Kong parses them, up to 100: text, {@code true} for one without a value, a list for a
     * repeated one. From Kong 3.0.
     */
    public Map<String, Value> getQuery() {
        return getQuery(USUAL_FIELDS);
    }

    /** As {@link #getQuery()}, up to {@code max} arguments, 1 to 1000. */
    public Map<String, Value> getQuery(int max) {
        return calls.get(Ask.of(
                Method.REQUEST_GET_QUERY,
                atMost(max),
                LuaTable.parser(),
                answer -> Value.from(answer).entries()));
    }

    /**
     * A header's first value; absent if it is missing or empty. In rewrite and response, where Kong's own method may show an older
     * request, it is read as nginx's variable {@code http_name}, which joins several values by a comma and a space, and
     * takes {@code _} and {@code -} for the same.
     */
    public Optional<String> getHeader(String name) {
        return calls.get(header(name));
    }

    /** The question behind {@link #getHeader}. */
    public static Ask<Optional<String>> header(String name) {
        Ask<Optional<String>> variable = Ask.of(
                Method.NGINX_GET_VAR,
                Ask.name("http_" + name.toLowerCase(Locale.ROOT).replace('-', '_')),
                io.gatewright.proto.kong.Text.parser(),
                answer -> answer.getV().isEmpty() ? Optional.empty() : Optional.of(Texts.header(answer.getV())));
        return Ask.maybeHeader(Method.REQUEST_GET_HEADER, name).in(Set.of(Phase.REWRITE, Phase.RESPONSE), variable);
    }

    /** Up to 100 headers: what is over is cut without a word. From Kong 3.0. */
    public Headers getHeaders() {
        return calls.get(headers(USUAL_FIELDS));
    }

    /**
     * Up to {@code max} headers, 1 to 1000. From Kong 3.0. In rewrite and response they may be those of an older request ({@link Kong}): trust
     * them with nothing there.
     */
    public Headers getHeaders(int max) {
        return calls.get(headers(max));
    }

    /** The question behind {@link #getHeaders}. */
    public static Ask<Headers> headers(int max) {
        return Ask.of(Method.REQUEST_GET_HEADERS, atMost(max), LuaTable.parser(), Headers::from);
    }

    /** The question behind {@link #getHeaders()}. */
    public static Ask<Headers> headers() {
        return headers(USUAL_FIELDS);
    }

    /** The body. Kong then reads all of it before the request goes on. */
    public Body getRawBody() {
        return calls.get(RAW_BODY);
    }

    /** The question behind {@link #getRawBody}. */
    public static Ask<Body> rawBody() {
        return RAW_BODY;
    }

    /** What the groups of the matched route's path captured. From Kong 3.1. */
    public UriCaptures getUriCaptures() {
        return calls.get(
                Ask.of(Method.REQUEST_GET_URI_CAPTURES, Ask.NOTHING, UriCapturesResult.parser(), Request::captures));
    }

    /**
     * What a path's groups captured. Immutable.
     *
     * @param unnamed in order, the first is the whole match
     */
    public record UriCaptures(List<String> unnamed, Map<String, String> named) {}

    static Whole atMost(int max) {
        if (max < 1 || max > MAX_FIELDS) {
            throw new IllegalArgumentException("Kong gives 1 to 1000 of them, not " + max);
        }
        return Whole.newBuilder().setV(max).build();
    }

    private static UriCaptures captures(UriCapturesResult result) {
        Map<String, String> named = new LinkedHashMap<>();
        result.getNamedList()
                .forEach(capture -> named.put(Texts.text(capture.getKey()), Texts.text(capture.getValue())));
        return new UriCaptures(Texts.texts(result.getUnnamedList()), Collections.unmodifiableMap(named));
    }
}
