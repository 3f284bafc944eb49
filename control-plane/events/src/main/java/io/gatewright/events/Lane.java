package io.gatewright.events;

/**
 * What is kept in order: the events of one key of one tenant in one partition. Immutable.
 *
 * @param partition from 0 to 63
 * @param tenant empty for events of the platform
 * @param key empty for events without partition key and subject
 */
public record Lane(int partition, String tenant, String key) {}
