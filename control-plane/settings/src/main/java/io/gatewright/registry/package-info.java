/**
 * The settings registry on Postgres: change sets, revisions, the audit chain, and the feed.
 *
 * <p>Start at {@link io.gatewright.registry.Registry} (who writes), {@link io.gatewright.registry.SettingsFeed} (who
 * follows), {@link io.gatewright.registry.History} (who asks how it came about) and {@link
 * io.gatewright.registry.Proposals} (what waits for a second person or its time). SQL stands in {@code DocumentTable},
 * {@code RevisionTable}, {@code ChangeTable}, {@code ProposalTable} and {@code SyncTable} alone. Needs {@code
 * io.gatewright.settings} and JDBC; knows no framework
 * and opens no pool.
 */
@NullMarked
package io.gatewright.registry;

import org.jspecify.annotations.NullMarked;
