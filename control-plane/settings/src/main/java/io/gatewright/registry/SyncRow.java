package io.gatewright.registry;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One sync that is over, as it is kept. Immutable, if nobody changes the report.
 *
 * @param id from the database; 0 for one that has none yet
 * @param replica the process that ran it
 * @param trigger {@code startup}, {@code interval}, {@code manual}, {@code drift} or {@code revision}
 * @param startedAt by the clock of that process, in microseconds; so is the end
 * @param outcome {@code proven}, {@code rejected}, {@code timed-out}, {@code no-gateways}, {@code planned} or {@code failed}
 * @param changed how many resources differed
 * @param drift how much was found that nobody had changed
 * @param report what it came to in detail
 * @param committedAt when its revision was committed, by the database's clock; null when it does not know that revision
 */
public record SyncRow(
        long id,
        String replica,
        String trigger,
        boolean dryRun,
        long revision,
        Instant startedAt,
        Instant endedAt,
        String outcome,
        int changed,
        int drift,
        ObjectNode report,
        @Nullable Instant committedAt) {}
