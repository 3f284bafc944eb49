package io.gatewright.xds;

import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * One node as of now. Immutable.
 *
 * @param id the node id it presents
 * @param cluster its service cluster
 * @param buildVersion user agent and version, such as {@code envoy/1.40.0}
 * @param since when it was connected, or disconnected
 * @param streams how many ADS streams it has open
 * @param types the types it has asked for; empty if it is disconnected
 */
public record NodeView(
        String id,
        String cluster,
        String buildVersion,
        boolean connected,
        Instant since,
        int streams,
        Map<ResourceType, Counts> types,
        List<Rejection> rejections) {

    /**
     * How many resources of one type are how far.
     *
     * @param acknowledged resources of which the node has the present content
     * @param pending names waiting or under way, removals included
     * @param rejected resources that the node refuses
     */
    public record Counts(int acknowledged, int pending, int rejected) {}
}
