package io.gatewright.events;

/**
 * An event at its place in the log. Immutable.
 *
 * @param epoch rises with every restore or failover
 * @param partition from 0 to 63, the same for all events of a tenant or organisation
 * @param partitionOffset counts the events of the partition from 0 without gaps
 * @param offset counts all events from 0 without gaps
 * @param text exactly what the producer wrote
 */
public record Event(int epoch, int partition, long partitionOffset, long offset, String topic, String text) {
    /** Reads the text, anew at each call. */
    public CloudEvent cloudEvent() {
        return CloudEvent.parse(text);
    }
}
