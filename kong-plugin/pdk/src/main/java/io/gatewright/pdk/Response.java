package io.gatewright.pdk;

import com.google.protobuf.MessageLite;
import io.gatewright.proto.kong.KeyValue;
import io.gatewright.proto.kong.LuaTable;
import io.gatewright.proto.kong.Whole;
import java.util.List;
import java.util.Optional;

/**
 * {@code kong.response}: what goes to the client. Getters in response and log, setters in rewrite, access and response. To answer
 * instead of the upstream return {@link Outcome#exit}. One thread at a time.
 *
 * <p>The getters may show an older request in response ({@link Kong}); {@link ServiceResponse} does not.
 */
public final class Response {
    private static final Ask<Integer> STATUS = Ask.whole(Method.RESPONSE_GET_STATUS);
    private static final Ask<Source> SOURCE = Ask.of(
            Method.RESPONSE_GET_SOURCE,
            Ask.NOTHING,
            io.gatewright.proto.kong.Text.parser(),
            answer -> Source.named(Texts.text(answer.getV())));

    private final Calls calls;

    Response(Calls calls) {
        this.calls = calls;
    }

    /** Who made a response. */
    public enum Source {
        /** The upstream. Its status 499 in log means that the client left first. */
        SERVICE,
        /** A plugin, or Kong in place of an upstream whose response it held back and that broke off. */
        EXIT,
        /** Kong, because something failed. */
        ERROR;

        private static Source named(String name) {
            return switch (name) {
                case "service" -> SERVICE;
                case "exit" -> EXIT;
                default -> ERROR;
            };
        }
    }

    /** The status. */
    public int getStatus() {
        return calls.get(STATUS);
    }

    /** The question behind {@link #getStatus}. */
    public static Ask<Integer> status() {
        return STATUS;
    }

    /** The first value of a header; absent if it is missing or empty. */
    public Optional<String> getHeader(String name) {
        return calls.get(header(name));
    }

    /** The question behind {@link #getHeader}. */
    public static Ask<Optional<String>> header(String name) {
        return Ask.maybeHeader(Method.RESPONSE_GET_HEADER, name);
    }

    /** Up to 100 headers. From Kong 3.0. */
    public Headers getHeaders() {
        return getHeaders(100);
    }

    /** Up to {@code max} headers, 1 to 1000. From Kong 3.0. */
    public Headers getHeaders(int max) {
        return calls.get(headers(max));
    }

    /** The question behind {@link #getHeaders}. */
    public static Ask<Headers> headers(int max) {
        return Ask.of(Method.RESPONSE_GET_HEADERS, Request.atMost(max), LuaTable.parser(), Headers::from);
    }

    /** Who made it: a status alone does not say that the upstream did. */
    public Source getSource() {
        return calls.get(SOURCE);
    }

    /** The question behind {@link #getSource}. */
    public static Ask<Source> source() {
        return SOURCE;
    }

    /** Sets the status, 100 to 599. */
    public void setStatus(int status) {
        if (status < 100 || status > 599) {
            throw new IllegalArgumentException("Status " + status + " is outside of 100 to 599");
        }
        calls.send(Method.RESPONSE_SET_STATUS, Whole.newBuilder().setV(status).build());
    }

    /** Sets a header, in place of all its values. Kong makes a space of an empty value. */
    public void setHeader(String name, String value) {
        calls.send(Method.RESPONSE_SET_HEADER, header(name, List.of(value)));
    }

    /** Sets a header with several values, at least one. */
    public void setHeader(String name, List<String> values) {
        calls.send(Method.RESPONSE_SET_HEADER, header(name, values));
    }

    /** Adds a value to a header. */
    public void addHeader(String name, String value) {
        calls.send(Method.RESPONSE_ADD_HEADER, header(name, List.of(value)));
    }

    /** Removes a header. */
    public void clearHeader(String name) {
        calls.send(Method.RESPONSE_CLEAR_HEADER, Ask.name(name));
    }

    /** Sets these headers, each in place of all its values; the others stay. */
    public void setHeaders(Headers headers) {
        calls.send(Method.RESPONSE_SET_HEADERS, headers.toWire());
    }

    static MessageLite header(String name, List<String> values) {
        return KeyValue.newBuilder()
                .setK(Texts.headerName(name))
                .setV(Headers.value(name, values))
                .build();
    }
}
