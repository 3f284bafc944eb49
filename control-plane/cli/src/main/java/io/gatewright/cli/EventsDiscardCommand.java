package io.gatewright.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
        name = "discard",
        description = "Gives up the first waiting event of a parked key of a consumer, and has the next one tried.",
        footer = {"", "gatewright events discard board sample-17 --tenant acme --reason 'ordered twice, ann knows'"})
final class EventsDiscardCommand implements Runnable {
    @Mixin
    private final Session session = new Session();

    @Mixin
    private final ParkedKey key = new ParkedKey();

    @Override
    public void run() {
        key.send(session, "discard", "goes on with its next event");
    }
}
