package io.gatewright.kong.node;

import io.gatewright.kong.Bundle;
import io.gatewright.kong.DblessDocument;
import io.gatewright.kong.Provenance;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Brings one bundle to one Kong. When the Kong refuses entities of some tenants, those tenants get what they had last, or
 * nothing when that is refused too, and the rest is posted again, until it is loaded. One thread at a time.
 */
final class Application {
    private final AdminApi admin;
    private final Bundle lastGood;
    private final Instant now;
    private final Runnable beforePost;
    private final List<Refusal> refusals = new ArrayList<>();

    /** What it came to. */
    sealed interface Outcome {
        /** The Kong took the document, all but what is refused. */
        record Loaded(Bundle bundle, DblessDocument document, List<Refusal> refusals) implements Outcome {}

        /** It goes on with what it had. */
        record Refused(List<Refusal> refusals) implements Outcome {}

        record Later(Duration after, String reason) implements Outcome {}
    }

    /** @param lastGood what the Kong proved last */
    Application(AdminApi admin, Bundle lastGood, Instant now, Runnable beforePost) {
        this.admin = admin;
        this.lastGood = lastGood;
        this.now = now;
        this.beforePost = beforePost;
    }

    /** @param running the hash of what it runs, which is not sent again */
    Outcome apply(Bundle wanted, String running) throws IOException, InterruptedException {
        Bundle attempt = wanted;
        Set<String> atLastGood = new HashSet<>();
        Set<String> leftOut = new HashSet<>();
        while (true) {
            DblessDocument document = DblessDocument.of(attempt);
            if (document.hash().equals(running)) {
                return new Outcome.Loaded(attempt, document, List.copyOf(refusals));
            }
            beforePost.run();
            switch (admin.post(document)) {
                case AdminApi.Answer.Loaded loaded -> {
                    return new Outcome.Loaded(attempt, document, List.copyOf(refusals));
                }
                case AdminApi.Answer.Later later -> {
                    return new Outcome.Later(later.after(), later.reason());
                }
                case AdminApi.Answer.TooLarge tooLarge -> {
                    refusals.add(all("the configuration of " + document.text().length()
                            + " bytes does not fit; raise lmdb_map_size in its kong.conf"));
                    return new Outcome.Refused(List.copyOf(refusals));
                }
                case AdminApi.Answer.Refused refused -> {
                    Set<String> blamed = tenants(refused.faults());
                    blamed.removeAll(leftOut);
                    if (blamed.isEmpty()) { // of what all tenants share, or nobody can tell
                        addShared(refused);
                        return new Outcome.Refused(List.copyOf(refusals));
                    }
                    refused.faults().forEach(fault -> add(fault, blamed));
                    Set<String> again = new HashSet<>(blamed);
                    again.retainAll(atLastGood);
                    blamed.removeAll(again);
                    attempt = attempt.withTenantsOf(lastGood, blamed).withTenantsOf(Bundle.empty(), again);
                    atLastGood.addAll(blamed);
                    leftOut.addAll(again);
                }
            }
        }
    }

    private static Set<String> tenants(List<EntityFault> faults) {
        return faults.stream()
                .flatMap(fault -> fault.provenance().stream())
                .flatMap(provenance -> Stream.ofNullable(provenance.tenant()))
                .collect(Collectors.toCollection(HashSet::new));
    }

    /** Notes a tenant's fault; of one tenant the first post's are enough, the later ones are of its last good state. */
    private void add(EntityFault fault, Set<String> blamed) {
        fault.provenance().ifPresent(provenance -> {
            String tenant = provenance.tenant();
            boolean known = refusals.stream()
                    .anyMatch(refusal -> refusal.tenant().equals(tenant)
                            && refusal.entity().equals(fault.entity())
                            && refusal.reason().equals(fault.problem()));
            if (tenant != null && blamed.contains(tenant) && !known) {
                refusals.add(refusal(tenant, fault, provenance));
            }
        });
    }

    private void addShared(AdminApi.Answer.Refused refused) {
        for (EntityFault fault : refused.faults()) {
            refusals.add(fault.provenance()
                    .map(provenance -> refusal(Refusal.ALL, fault, provenance))
                    .orElseGet(() -> all(fault.entity() + ": " + fault.problem())));
        }
        if (refused.faults().isEmpty()) {
            refusals.add(all(refused.message()));
        }
    }

    private Refusal refusal(String tenant, EntityFault fault, Provenance provenance) {
        return new Refusal(tenant, fault.entity(), provenance.settings(), provenance.revision(), fault.problem(), now);
    }

    private Refusal all(String reason) {
        return new Refusal(Refusal.ALL, "", new TreeSet<>(), 0, reason, now);
    }
}
