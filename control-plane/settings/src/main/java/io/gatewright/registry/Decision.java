package io.gatewright.registry;

/** What came of the wish to decide about a proposal. Immutable. */
public sealed interface Decision {

    /** It is decided; this is what it is now. */
    record Made(Proposal proposal) implements Decision {}

    /** It is not, for this. */
    record Refused(CommitResult why) implements Decision {}
}
