/**
 * Frames and pipelined calls on the socket between Kong and a plugin server (Kong's protocol {@code ProtoBuf:1}).
 *
 * <p>Start reading at {@link io.gatewright.pdk.wire.Frames}, the only codec of both sides;
 * {@link io.gatewright.pdk.wire.Flight} puts the calls of one event into as few writes as there are waits. Knows bytes and
 * order, not what a method means; depends on nothing of ours but the messages. Public for the server and for test kits, not
 * for plugins.
 */
@NullMarked
package io.gatewright.pdk.wire;

import org.jspecify.annotations.NullMarked;
