/**
 * The settings registry on Postgres: change sets, revisions, the audit chain, and the feed.
 *
 * <p>Start at {@link io.gatewright.registry.Registry} (who writes), {@link io.gatewright.registry.SettingsFeed} (who
 * follows) and {@link io.gatewright.registry.History} (who asks how it came about). SQL stands in {@code DocumentTable},
 * {@code RevisionTable} and {@code ChangeTable} alone. Needs {@code io.gatewright.settings} and JDBC; knows no framework
 * and opens no pool.
 */
@NullMarked
package io.gatewright.registry;

import org.jspecify.annotations.NullMarked;
