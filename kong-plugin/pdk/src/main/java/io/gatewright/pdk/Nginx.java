package io.gatewright.pdk;

import io.gatewright.proto.kong.Decimal;
import io.gatewright.proto.kong.LuaValue;
import java.util.Optional;

/** {@code kong.nginx}: nginx below Kong. One thread at a time. */
public final class Nginx {
    private static final String BUFFERED = "buffered_proxying";

    private final Calls calls;

    Nginx(Calls calls) {
        this.calls = calls;
    }

    /** A variable of nginx, such as {@code remote_addr}; absent if it is missing or empty. Not in certificate and log. */
    public Optional<String> getVar(String name) {
        return calls.get(variable(name));
    }

    /** The question behind {@link #getVar}. */
    public static Ask<Optional<String>> variable(String name) {
        return Ask.maybeText(Method.NGINX_GET_VAR, Ask.textArg(name));
    }

    /** {@code TLSv1.3} and the like; absent without TLS. In certificate, rewrite, access and response. */
    public Optional<String> getTls1VersionStr() {
        return calls.get(Ask.maybeText(Method.NGINX_GET_TLS1_VERSION_STR, Ask.NOTHING));
    }

    /** Sets an entry of {@code ngx.ctx}, which Kong's own state shares: know the name. */
    public void setCtx(String key, Value value) {
        calls.send(Method.NGINX_SET_CTX, Ctx.entry(key, value));
    }

    /** Takes an entry of {@code ngx.ctx} away. */
    public void clearCtx(String key) {
        calls.send(Method.NGINX_SET_CTX, Ctx.noEntry(key));
    }

    /**
     * An entry of {@code ngx.ctx}, or nil. {@code route}, {@code service} and {@code authenticated_consumer} are complete there;
     * {@code authenticated_credential} contains the secret. In rewrite and response it may be an older request's ({@link Kong}).
     */
    public Value getCtx(String key) {
        return calls.get(context(key));
    }

    /** The question behind {@link #getCtx}. */
    public static Ask<Value> context(String key) {
        return Ask.of(Method.NGINX_GET_CTX, Ask.textArg(key), LuaValue.parser(), Value::from);
    }

    /**
     * Whether Kong holds this response back until it is complete. Undocumented in Kong, seen to work in 3.9: {@code false}, from the
     * plugin that has the response phase, spares this request the wait and the phase; {@code true} lets log read the
     * response ({@link Service#bufferedResponse}). In access. A plugin with the response phase that comes later in order turns it on again.
     */
    public void bufferResponse(boolean buffer) {
        if (calls.phase() != Phase.ACCESS) {
            throw new KongException("Whether the response is buffered is settled after access; ask for it there");
        }
        if (buffer) {
            setCtx(BUFFERED, Value.of(1));
        } else {
            clearCtx(BUFFERED);
        }
    }

    /** When the request began, in seconds since 1970 with milliseconds. In rewrite, access and response; in log from Kong 3.1. */
    public double getRequestStartTime() {
        return calls.get(Ask.of(Method.NGINX_REQ_START_TIME, Ask.NOTHING, Decimal.parser(), Decimal::getV));
    }

    /** {@code http} or {@code stream}. */
    public String getSubsystem() {
        return calls.get(Ask.text(Method.NGINX_GET_SUBSYSTEM));
    }
}
