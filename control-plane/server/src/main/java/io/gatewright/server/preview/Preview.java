package io.gatewright.server.preview;

import com.fasterxml.jackson.databind.JsonNode;
import io.gatewright.reference.ReferenceGateway;
import io.gatewright.reference.Verdict;
import io.gatewright.settings.DocumentKey;
import io.gatewright.settings.EffectiveChange;
import io.gatewright.settings.Key;
import io.gatewright.settings.Settings;
import io.gatewright.settings.What;
import java.util.Collection;
import java.util.List;
import java.util.Set;

/**
 * What a change would come to. Immutable. Lists hold at most what was asked for; counts are of everything.
 *
 * @param tenants how many tenants it may touch
 * @param values effective values that change, equal changes of several tenants together
 * @param valuesInAll how many different changes of values there are
 * @param resources Envoy resources that differ
 * @param resourcesInAll how many there are
 * @param warnings the graver first
 * @param warningsInAll how many there are
 * @param requests what each sample request gets, in their order
 */
public record Preview(
        int tenants,
        List<Counted.Group<Value>> values,
        int valuesInAll,
        List<ResourceChange> resources,
        int resourcesInAll,
        List<Counted.Group<Warning>> warnings,
        int warningsInAll,
        List<Judged> requests) {

    /** A value that changes for some tenants in the same way. */
    public record Value(Key<?> key, What what, JsonNode before, JsonNode after) {}

    /** What a sample request gets now, and would get. */
    public record Judged(Sample sample, Verdict before, Verdict after) {
        /** Whether anything about it changes. */
        public boolean differs() {
            return !before.equals(after);
        }
    }

    /**
     * Looks at a change.
     *
     * @param changed the documents that differ
     * @param most how many values, resources and warnings are listed
     */
    public static Preview of(
            Settings before, Settings after, Collection<DocumentKey> changed, List<Sample> samples, int most) {
        Warnings warnings = new Warnings(before, after);
        ResourceChanges resources = new ResourceChanges(before, after, warnings, most);
        Counted<Value> values = new Counted<>();
        resources.shared();
        EffectiveChange.between(before, after, changed, change -> {
            values.add(new Value(change.key(), change.what(), change.before(), change.after()), change.tenant());
            warnings.effective(change);
        });
        Set<String> tenants = EffectiveChange.tenants(before, after, changed);
        for (String tenant : tenants) {
            warnings.tenant(tenant);
            resources.tenant(tenant);
        }
        resources.origins();
        warnings.overruled(changed);
        return new Preview(
                tenants.size(),
                values.groups(most),
                values.size(),
                resources.shown(),
                resources.size(),
                warnings.all(most),
                warnings.size(),
                samples.stream().map(sample -> judged(before, after, sample)).toList());
    }

    private static Judged judged(Settings before, Settings after, Sample sample) {
        return new Judged(
                sample,
                ReferenceGateway.decide(before, sample.under(before, before, after)),
                ReferenceGateway.decide(after, sample.under(after, before, after)));
    }
}
