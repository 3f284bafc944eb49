/**
 * The ADS server: hands resources to Envoys and knows which of them each Envoy has accepted.
 *
 * <p>Start reading at {@link io.gatewright.xds.AdsStream}; {@link io.gatewright.xds.TypeSubscription} holds the rules for
 * one resource type, {@link io.gatewright.xds.SendOrder} the rules between types, {@link io.gatewright.xds.Suspicion} what
 * is remembered of a rejection. Resources are opaque: this package knows names, bytes and versions, not policies, and depends
 * on nothing of ours.
 */
@NullMarked
package io.gatewright.xds;

import org.jspecify.annotations.NullMarked;
