package io.gatewright.guard;

import io.gatewright.guard.http.Reply;

/** What to do with a request. Immutable. */
public sealed interface Decision {
    /** It is not decided without its body: read it and ask again. */
    record NeedsBody() implements Decision {}

    /** It is not decided without the store, but needs no body: ask {@link Guard#onLedger}. */
    record NeedsLedger() implements Decision {}

    /** It goes to the upstream; the answer is shown to {@link Guard#onResponse}. */
    record Proceed(Pending pending) implements Decision {}

    /** The client gets this, the upstream nothing. */
    record Answer(Reply reply) implements Decision {}
}
