package io.gatewright.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
        name = "replay",
        description = "Has a parked key of a consumer tried again, in order, from its first waiting event on.",
        footer = {"", "gatewright events replay board sample-17 --tenant acme --reason 'the board is repaired'"})
final class EventsReplayCommand implements Runnable {
    @Mixin
    private final Session session = new Session();

    @Mixin
    private final ParkedKey key = new ParkedKey();

    @Override
    public void run() {
        key.send(session, "replay", "is tried again");
    }
}
