/**
 * The event log on Postgres: appended inside business transactions, given offsets by snapshot ticks, read by subscriptions.
 *
 * <p>Start at {@link io.gatewright.events.EventLog} (who publishes), {@link io.gatewright.events.Subscription} (who reads)
 * and {@code Ticker} (why nothing is lost). SQL stands in the {@code *Table} classes, {@code Ticker}, {@code LogReader} and
 * the migrations. Needs JDBC and Jackson; knows no framework and opens no pool.
 */
@NullMarked
package io.gatewright.events;

import org.jspecify.annotations.NullMarked;
