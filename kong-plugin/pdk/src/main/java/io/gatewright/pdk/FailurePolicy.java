package io.gatewright.pdk;

/** What happens to the request when a handler throws, takes too long or has no usable config. In log it is always OPEN. */
public enum FailurePolicy {
    /** The client gets a 500; right for what protects something. */
    CLOSED,
    /** The request goes on as if the plugin were not there; what the handler has set until then stays. */
    OPEN
}
