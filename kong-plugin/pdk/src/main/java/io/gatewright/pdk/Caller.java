package io.gatewright.pdk;

/**
 * On whose behalf calls are made. Immutable.
 *
 * @param plugin the name in Kong
 * @param version of the Kong that is expected
 * @param threshold log calls below it are not sent
 */
public record Caller(String plugin, KongVersion version, Log.Level threshold) {}
