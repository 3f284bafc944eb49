package io.gatewright.pdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Where each method works, once more in another form: by group and name. */
final class MethodTest {
    /** C certificate, W rewrite, A access, R response, P preread, L log from 3.0, l log always. */
    private static final String TABLE = """
            client: get_ip WARP, get_forwarded_ip WARP, get_port WARP, get_forwarded_port WARP, get_credential ARL, load_consumer ARL
            client: get_consumer ARL, authenticate A, get_protocol AR
            ctx.shared: set CWARPl, get CWARPl
            ip: is_trusted CWARPl
            log: alert CWARPl, crit CWARPl, err CWARPl, warn CWARPl, notice CWARPl, info CWARPl, debug CWARPl
            log: set_serialize_value WAR, serialize l
            nginx: get_var WARP, get_tls1_version_str CWAR, set_ctx CWARPl, get_ctx CWARPl, req_start_time WARL, get_subsystem CWARPL
            node: get_id CWARPL, get_memory_stats CWARPL
            request: get_scheme WAR, get_host WAR, get_port WAR, get_forwarded_scheme WAR, get_forwarded_host WAR
            request: get_forwarded_port WAR, get_http_version WAR, get_method WAR, get_path WAR, get_path_with_query WAR
            request: get_raw_query WAR, get_query_arg WAR, get_query WAR, get_header WARl, get_headers WARl, get_raw_body WAR
            request: get_uri_captures WARL
            response: get_status Rl, get_header Rl, get_headers Rl, get_source Rl, set_status WAR, set_header WAR, add_header WAR
            response: clear_header WAR, set_headers WAR, exit WARP
            router: get_route ARL, get_service ARL
            service: set_upstream A, set_target WAP
            service.request: set_scheme WA, set_path WA, set_raw_query WA, set_method WA, set_query WA, set_header WA
            service.request: add_header WA, clear_header WA, set_headers WA, set_raw_body WA
            service.response: get_status R, get_header R, get_headers R, get_raw_body R
            """;

    private static Map<String, String> table() {
        Map<String, String> rows = new TreeMap<>();
        for (String line : TABLE.lines().toList()) {
            String group = line.substring(0, line.indexOf(':'));
            for (String entry : line.substring(line.indexOf(':') + 1).split(",", -1)) {
                String[] parts = entry.strip().split(" ", -1);
                rows.put("kong." + group + "." + parts[0], parts[1]);
            }
        }
        return rows;
    }

    @Test
    void thereAre74() {
        assertThat(Arrays.stream(Method.values()).map(Method::wireName))
                .hasSize(74)
                .containsExactlyInAnyOrderElementsOf(table().keySet());
    }

    @Test
    @DisplayName("K49 each method works in its phases and in no other")
    void everyMethodHasItsPhases() {
        table().forEach((name, letters) -> {
            Method method = method(name);
            Set<Phase> phases = EnumSet.noneOf(Phase.class);
            for (Phase phase : Phase.values()) {
                if (method.isAllowed(phase, KongVersion.DEFAULT)) {
                    phases.add(phase);
                }
            }
            Set<Phase> expected = EnumSet.noneOf(Phase.class);
            letters.chars()
                    .forEach(letter -> expected.add(
                            switch (letter) {
                                case 'C' -> Phase.CERTIFICATE;
                                case 'W' -> Phase.REWRITE;
                                case 'A' -> Phase.ACCESS;
                                case 'R' -> Phase.RESPONSE;
                                case 'P' -> Phase.PREREAD;
                                default -> Phase.LOG;
                            }));
            assertThat(phases).as(name).isEqualTo(expected);
        });
    }

    @Test
    @DisplayName("K49 Kong 2.8 has less to say in log")
    void oldKongKnowsLessInLog() {
        table().forEach((name, letters) -> assertThat(method(name).isAllowed(Phase.LOG, new KongVersion(2, 8)))
                .as(name)
                .isEqualTo(letters.contains("l") && !name.endsWith("get_headers")));
    }

    @Test
    @DisplayName("K49 a call in the wrong phase says where it works, and nothing is sent")
    void refusesTheWrongPhase() {
        Scripted scripted = Scripted.answering();
        assertThatThrownBy(() -> scripted.in(Phase.LOG).request().getMethod())
                .isInstanceOf(KongException.class)
                .hasMessage(
                        "kong.request.get_method does not work in the log phase, only in rewrite, access, response");
        assertThatThrownBy(() -> scripted.in(Phase.ACCESS).response().getStatus())
                .hasMessageContaining("only in response, log");
        assertThatThrownBy(() -> scripted.in(Phase.RESPONSE).service().request().setPath("/"))
                .hasMessageContaining("only in rewrite, access");
        assertThatThrownBy(() -> scripted.in(Phase.ACCESS).fetch(Request.method(), Response.status()))
                .hasMessageContaining("kong.response.get_status");
        assertThat(scripted.asked()).isEmpty();
    }

    @Test
    @DisplayName("K50 what the target version lacks or breaks is refused, and nothing is sent")
    void refusesWhatTheVersionLacks() {
        Scripted scripted = Scripted.answering();
        assertThatThrownBy(() -> scripted.in(Phase.ACCESS, new KongVersion(2, 8))
                        .request()
                        .getHeaders())
                .hasMessageContaining("from Kong 3.0 on, and this server runs for Kong 2.8 (--target-kong)");
        assertThatThrownBy(() -> scripted.in(Phase.ACCESS, new KongVersion(3, 0))
                        .request()
                        .getUriCaptures())
                .hasMessageContaining("from Kong 3.1");
        assertThatThrownBy(() -> scripted.in(Phase.ACCESS, new KongVersion(3, 6))
                        .service()
                        .setUpstream("u"))
                .hasMessageContaining("from Kong 3.7");
        assertThatThrownBy(() -> scripted.in(Phase.PREREAD, new KongVersion(3, 3))
                        .service()
                        .setTarget("h", 1))
                .hasMessageContaining("from Kong 3.4");
        assertThatThrownBy(() ->
                        scripted.in(Phase.LOG, new KongVersion(3, 0)).nginx().getRequestStartTime())
                .hasMessageContaining("from Kong 3.1");
        assertThat(scripted.asked()).isEmpty();
    }

    private static Method method(String wireName) {
        return Arrays.stream(Method.values())
                .filter(method -> method.wireName().equals(wireName))
                .findFirst()
                .orElseThrow();
    }
}
