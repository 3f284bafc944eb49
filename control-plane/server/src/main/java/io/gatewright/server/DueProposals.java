package io.gatewright.server;

import io.gatewright.registry.Proposals;
import io.gatewright.registry.RegistryException;
import io.gatewright.registry.SettingsFeed;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes scheduled changes when they are due; while the database is away they wait. Thread-safe. */
final class DueProposals implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(DueProposals.class);

    private final Proposals proposals;
    private final SettingsFeed feed;
    private final AtomicBoolean waiting = new AtomicBoolean();

    DueProposals(Proposals proposals, SettingsFeed feed) {
        this.proposals = proposals;
        this.feed = feed;
    }

    @Override
    public void run() {
        try {
            int made = proposals.commitDue();
            waiting.set(false);
            if (made > 0) {
                LOG.info("scheduled changes made={}", made);
                feed.look();
            }
        } catch (RegistryException e) {
            if (!waiting.getAndSet(true)) { // said once, not each second
                LOG.warn("scheduled changes wait: {}", e.getMessage());
            }
        }
    }
}
