package io.gatewright.server.api;

import java.util.Arrays;

/** Every way a request is turned down: what its problem document says, and {@code docs/errors.md} explains. Immutable. */
enum ProblemType {
    BAD_REQUEST(
            400,
            "bad-request",
            "Request not understood",
            "A parameter, a header or the body is missing or has no sense in itself.",
            "Correct what `field` names."),
    UNAUTHORIZED(
            401,
            "unauthorized",
            "Not logged in",
            "The request has no token, or one that does not count: of another start, ended, for others, not signed as it must"
                    + " be.",
            "Send `Authorization: Bearer TOKEN`; see [who may change what](security.md)."),
    FORBIDDEN(
            403,
            "forbidden",
            "Not allowed",
            "The caller is known, but has not the role, writes documents of others' orgs, or cannot be the second person.",
            "Ask for the role that `fix` names, or somebody who may; see [who may change what](security.md)."),
    NOT_FOUND(
            404,
            "not-found",
            "Not found",
            "No such document, kind, tenant, module, route, key, idempotency key, revision, sync, proposal, consumer or parked key, or a removal of what does not exist.",
            "Correct the name; `fix` says where the right ones are listed."),
    CONFLICT(
            409,
            "conflict",
            "Conflict with other documents",
            "Another document has the same host, path prefix, port or issuer URL, or still uses what is to be removed; or a"
                    + " proposal is decided already, or the outcome of a key's request known.",
            "Change or remove the other document, which `message` names, in the same change set or before."),
    GONE(
            410,
            "gone",
            "Not kept any more",
            "Events after that place have been dropped, since they were older than `--events-keep`.",
            "Begin with the first that is kept (leave `after` out), and know that some were missed."),
    STALE(
            412,
            "stale",
            "Changed by somebody else",
            "What is there is not what `If-Match` or `expectedVersion` names: somebody was faster, or it is gone.",
            "Read it again (`current` has it, if it is one document), and repeat the change on what is there now."),
    BODY_TOO_LARGE(
            413,
            "body-too-large",
            "Body too large",
            "The body has more bytes than the API takes.",
            "Send it in several change sets."),
    INVALID(
            422,
            "invalid",
            "Not valid",
            "The document says something wrong: unknown field or key (the nearest one is named), wrong type or unit, out of"
                    + " range, beyond a lock or a bound, a reference to what does not exist.",
            "Correct each of `problems`; all of them are listed at once."),
    NOT_WRITABLE(
            422,
            "not-writable",
            "Not written by people",
            "The kind is written by the control plane alone, as signing keys are.",
            "Write what it comes from, such as the issuer."),
    PRECONDITION_REQUIRED(
            428,
            "precondition-required",
            "Precondition required",
            "A write does not say what it replaces.",
            "Send `If-Match` with the ETag of what you read, or `If-None-Match: *` to create a document."),
    TOO_MANY_REQUESTS(
            429,
            "too-many-requests",
            "Too many requests",
            "The caller calls more often than `--api-requests` allows.",
            "Go on after the seconds that `Retry-After` names."),
    NO_SUCH_PATH(404, "http-404", "Request refused", "The API has no such path.", "See [the API](api-reference.md)."),
    NO_SUCH_METHOD(
            405,
            "http-405",
            "Request refused",
            "The path does not know the method.",
            "Use one of those that `message` names."),
    NOT_ACCEPTABLE(
            406,
            "http-406",
            "Request refused",
            "`Accept` names nothing that the path answers with.",
            "Accept `application/json`; or `application/x-ndjson` for an audit export, `text/event-stream` to follow events."),
    NOT_UNDERSTOOD(
            400,
            "http-400",
            "Request refused",
            "It is no request of this API in some other way, such as a path that is not encoded as one.",
            "See [the API](api-reference.md)."),
    INTERNAL(
            500,
            "internal",
            "Internal error",
            "Something failed inside that should not.",
            "Read the log of the control plane, and report it."),
    NO_PEPPER(
            501,
            "no-pepper",
            "Idempotency keys cannot be found",
            "The control plane has not the secrets under which the guard keeps keys.",
            "Start it with the sidecars' `GATEWRIGHT_PEPPER`, or use `gatewright sidecar key` where a sidecar runs; see"
                    + " [running the guard](guard-operations.md#when-nobody-knows-the-outcome)."),
    ISSUER_UNAVAILABLE(
            503,
            "issuer-unavailable",
            "Issuer unavailable",
            "The token cannot be checked, as the keys of its issuer cannot be fetched.",
            "Try again; the log of the control plane says why."),
    BUSY(
            503,
            "busy",
            "Busy",
            "Previews are made one after the other, and others wait already; or as many clients follow events as may.",
            "Try again later."),
    DATABASE_UNAVAILABLE(
            503,
            "database-unavailable",
            "Database unavailable",
            "Postgres cannot be reached; gateways go on with what they have.",
            "When `/q/health/ready` says UP, read the document before you repeat a write: it may have been made.");

    private final int status;
    private final String slug;
    private final String title;
    private final String meaning;
    private final String remedy;

    ProblemType(int status, String slug, String title, String meaning, String remedy) {
        this.status = status;
        this.slug = slug;
        this.title = title;
        this.meaning = meaning;
        this.remedy = remedy;
    }

    int status() {
        return status;
    }

    /** The end of its URN, {@code urn:gatewright:problem:…}. */
    String slug() {
        return slug;
    }

    String title() {
        return title;
    }

    /** When it is answered, in Markdown. */
    String meaning() {
        return meaning;
    }

    /** What to do, in Markdown. */
    String remedy() {
        return remedy;
    }

    /** The one for a request that the HTTP layer turned down with that status. */
    static ProblemType ofHttp(int status) {
        return Arrays.stream(values())
                .filter(type -> type.slug.equals("http-" + status))
                .findFirst()
                .orElse(status < 500 ? NOT_UNDERSTOOD : INTERNAL);
    }
}
