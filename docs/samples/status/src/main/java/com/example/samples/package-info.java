/**
 * A module of somebody else: it owns samples, publishes what happens to them, and keeps a board of where they are.
 *
 * <p>Start at {@link com.example.samples.Samples} (writes and publishes), then {@link com.example.samples.SampleBoard}
 * (subscribes and reads). Needs the event log and a Postgres, nothing else of Gatewright.
 */
@NullMarked
package com.example.samples;

import org.jspecify.annotations.NullMarked;
