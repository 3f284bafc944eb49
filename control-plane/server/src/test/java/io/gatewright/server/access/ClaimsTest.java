package io.gatewright.server.access;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ClaimsTest {
    private static final Claims CLAIMS =
            new Claims("realm_access.roles", "gateway-", "gateway_orgs", "preferred_username");

    /** Of claims written with single quotes, besides the subject. */
    private static Caller caller(Claims names, String claims) {
        return find(names, "{'sub':'s-1'" + (claims.isEmpty() ? "" : "," + claims) + "}")
                .orElseThrow();
    }

    private static Optional<Caller> find(Claims names, String claims) {
        try {
            return names.caller(new ObjectMapper().readTree(claims.replace('\'', '"')));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(claims, e);
        }
    }

    @Test
    void readsWhatKeycloakWrites() {
        Caller caller = caller(
                CLAIMS,
                "'preferred_username':'alice','gateway_orgs':['acme','beta'],'typ':'Bearer',"
                        + "'realm_access':{'roles':['api-user','gateway-editor','gateway-viewer','editor']}");

        assertThat(caller.roles()).containsExactlyInAnyOrder(Role.EDITOR, Role.VIEWER);
        assertThat(caller.orgs()).containsExactlyInAnyOrder("acme", "beta");
        assertThat(caller.actor()).isEqualTo("s-1 (alice)");
        assertThat(caller.person()).isTrue();
        assertThat(caller.alone()).isFalse();
    }

    @Test
    void readsRolesFromOneTextAndFromAClaimWithDotsInItsName() {
        assertThat(caller(new Claims("scope", "gw.", "", ""), "'scope':'openid gw.auditor gw.approver'")
                        .roles())
                .containsExactlyInAnyOrder(Role.AUDITOR, Role.APPROVER);
        assertThat(caller(
                                new Claims("https://acme.example/roles", "", "", ""),
                                "'https://acme.example/roles':['viewer']")
                        .roles())
                .containsExactly(Role.VIEWER);
    }

    @Test
    void limitsToNothingWhoseTokenLacksTheOrgs() {
        assertThat(caller(CLAIMS, "").orgs()).isEmpty();
        assertThat(caller(CLAIMS, "'gateway_orgs':[]").orgs()).isEmpty();
        assertThat(caller(CLAIMS, "'gateway_orgs':{'acme':true}").orgs()).doesNotContain("acme");
        assertThat(caller(CLAIMS, "'gateway_orgs':'*'").orgs()).isNull();
        assertThat(caller(new Claims("r", "", "", "n"), "").orgs())
                .as("no such claim is named")
                .isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "'preferred_username':'service-account-ci'",
                "'azp':'s-1'",
                "'client_id':'s-1'",
                "'gty':'client-credentials'",
                "'idtyp':'app'"
            })
    void tellsAServiceAccount(String claim) {
        assertThat(caller(CLAIMS, claim).person()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{'sub':''}",
                "{'sub':'a b'}",
                "{'sub':'a\\nb'}",
                "{'sub':'s-1','typ':'ID'}",
                "{'sub':'s-1','typ':'Refresh'}",
                "{'sub':'s-1','at_hash':'x'}"
            })
    void knowsNobodyByATokenThatIsNoneForAnApi(String claims) {
        assertThat(find(CLAIMS, claims)).isEmpty();
    }

    @Test
    void keepsANameFromPassingForMore() {
        assertThat(caller(CLAIMS, "'preferred_username':'x), approved by (root'")
                        .actor())
                .isEqualTo("s-1 (x approved by root)");
        assertThat(caller(CLAIMS, "'preferred_username':'" + "n".repeat(500) + "'")
                        .actor())
                .hasSize("s-1 ()".length() + 64);
        assertThat(caller(CLAIMS, "'preferred_username':'((('").actor()).isEqualTo("s-1");
    }
}
