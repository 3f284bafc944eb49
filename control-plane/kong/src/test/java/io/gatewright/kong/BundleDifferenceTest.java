package io.gatewright.kong;

import static io.gatewright.kong.Registries.bundle;
import static io.gatewright.settings.Given.document;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatewright.settings.Given;
import org.junit.jupiter.api.Test;

final class BundleDifferenceTest {
    private final Bundle before = bundle(Registries.with(), Target.FULL);

    @Test
    void namesEachEntityAndNeverTheBeacon() {
        Bundle after = bundle(
                Registries.with(
                        document("tenant/new", 9, "{\"org\":\"acme\"}"),
                        Given.setting("tenant=acme-de", "rate-limit.requests", "5"),
                        Given.setting("tenant=acme-at", "rate-limit.mode", "\"off\"")),
                Target.FULL);

        BundleDifference difference = BundleDifference.between(before, after);

        assertThat(difference.creating()).containsExactly("consumers new", "plugins rate-limiting/consumer=new");
        assertThat(difference.updating()).containsExactly("plugins rate-limiting/consumer=acme-de");
        assertThat(difference.deleting()).containsExactly("plugins rate-limiting/consumer=acme-at");
        assertThat(difference.size()).isEqualTo(4);
    }

    @Test
    void isNothingBetweenEqualBundles() {
        assertThat(BundleDifference.between(before, bundle(Registries.with(), Target.FULL))
                        .size())
                .isZero();
    }
}
