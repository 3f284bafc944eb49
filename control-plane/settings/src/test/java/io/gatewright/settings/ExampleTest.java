package io.gatewright.settings;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class ExampleTest {

    static List<Key<?>> keys() {
        return Catalog.keys();
    }

    @ParameterizedTest
    @MethodSource("keys")
    void isAcceptedAndChangesWhatCounts(Key<?> key) {
        Example example = Example.of(key);
        Settings base = Given.settings(
                Given.document("issuer/legacy", 1, Given.ISSUER.replace("realm", "legacy")),
                Given.setting("global", "oidc.issuers", "[\"legacy\"]"));
        Document document = Given.document("setting/" + example.scope() + "/" + key.name(), 2, example.body());
        Settings after = base.with(2, List.of(document));
        Consistency consistency = Consistency.check(base, after, List.of(document));

        assertThat(consistency.invalid()).isEmpty();
        assertThat(consistency.conflicts()).isEmpty();
        What what = document.body() instanceof Body.Setting setting
                ? setting.scope().what()
                : What.ANY;
        assertThat(after.explain("acme-de", what, key).effective())
                .isNotEqualTo(base.explain("acme-de", what, key).effective());
    }
}
