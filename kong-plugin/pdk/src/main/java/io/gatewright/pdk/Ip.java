package io.gatewright.pdk;

/** {@code kong.ip}: addresses. One thread at a time. */
public final class Ip {
    private final Calls calls;

    Ip(Calls calls) {
        this.calls = calls;
    }

    /** Whether Kong's {@code trusted_ips} has this address. */
    public boolean isTrusted(String address) {
        return calls.get(Ask.flag(Method.IP_IS_TRUSTED, Ask.textArg(address)));
    }
}
