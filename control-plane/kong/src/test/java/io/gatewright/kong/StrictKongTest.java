package io.gatewright.kong;

import static io.gatewright.kong.Registries.bundle;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.gatewright.settings.Given;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Holds the strict model to what it is for: each of these documents differs from a good one in one text. */
final class StrictKongTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "full   | \"retries\":0                              | \"retries\":5                      | retries",
                "full   | \"_format_version\":\"3.0\"                | \"_format_version\":\"3.0\",\"_info\":{} | _info",
                "full   | gatewright-tenant:acme-de                  | gatewright/tenant:acme-de          | tags",
                "full   | gatewright-tenant:acme-de                  | gatewright,tenant:acme-de          | tags",
                "full   | ,\"header_name\":\"X-Correlation-ID\"      | ''                                 | config.header_name",
                "full   | \"consumer\":\"acme-de\"                   | \"consumer\":\"nobody\"            | consumer",
                "full   | \"limit_by\":\"consumer\",\"minute\":600   | \"limit_by\":\"consumer\"          | @entity",
                "full   | \"minute\":600                             | \"hour\":5,\"minute\":600          | config",
                "full   | \"limit_by\":\"consumer\"                  | \"limit_by\":\"header\"            | config.header_name",
                "full   | \"policy\":\"local\"                       | \"policy\":\"redis\"               | config.redis",
                "full   | \"policy\":\"local\"                       | \"policy\":\"cluster\"             | config.policy",
                "full   | \"fault_tolerant\":true,                   | ''                                 | config.fault_tolerant",
                "full   | \"minute\":600                             | \"minute\":600,\"nonsense\":1      | config.nonsense",
                "full   | \"content_type\":\"application/json\"      | \"message\":\"x\"                  | config",
                "full   | \"config\":{\"module\":\"orders\"}         | \"route\":\"orders\",\"config\":{\"module\":\"orders\"} | route",
                "full   | \"name\":\"orders.read\"                   | \"name\":\"orders.create\"         | name",
                "full   | ~/api/orders/?$                            | ~/api/orders/($                    | paths",
                "full   | ~/api/orders/?$                            | ^/api/orders/?$                    | paths",
                "full   | \"name\":\"orders.read\"                   | \"name\":\"orders/read\"           | name",
                "full   | https://de.example.com                     | de.example.com                     | config.origins",
                "full   | ^https://                                  | ^                                  | config.origins",
                "native | \"uri_param_names\":[]                     | \"uri_param_names\":[\"jwt\"]      | config.uri_param_names",
                "native | \"claims_to_verify\":[\"exp\",\"nbf\"]     | \"claims_to_verify\":[\"nbf\"]     | config.claims_to_verify",
                "native | \"claims_to_verify\":[\"exp\",\"nbf\"],    | ''                                 | config.claims_to_verify",
                "native | \"run_on_preflight\":false,                | ''                                 | config.run_on_preflight",
                "native | \"algorithm\":\"ES256\"                    | \"algorithm\":\"HS256\"            | algorithm",
                "native | MFkwEwYH                                   | AAAAEwYH                           | rsa_public_key",
                "native | \"key\":\"k-own\"                          | \"key\":\"k-all\"                  | key",
            })
    void refuses(String profile, String good, String bad, String field) {
        var settings = Registries.with(Given.setting(
                "global", "cors.allowed-origins", "[\"https://de.example.com\",\"https://*.example.com\"]"));
        Target target = profile.equals("full") ? Target.FULL : Target.NATIVE;
        String text = DblessDocument.of(bundle(settings, target)).text();
        assertThat(text).contains(good);

        JsonNode spoiled = Given.json(text.replace(good, bad));

        assertThat(StrictKong.check(Given.json(text))).isEmpty();
        assertThat(StrictKong.check(spoiled)).extracting(Fault::field).contains(field);
    }

    @ParameterizedTest
    @CsvSource({"origins", "headers", "methods"})
    void refusesEmptyListsThatKongReadsAsEverything(String list) {
        var settings = Registries.with(Given.setting("global", "cors.allowed-origins", "[\"https://de.example.com\"]"));
        String text = DblessDocument.of(bundle(settings, Target.FULL)).text();

        JsonNode spoiled = Given.json(text.replaceAll("\"" + list + "\":\\[[^]]*\\]", "\"" + list + "\":[]"));

        assertThat(StrictKong.check(spoiled)).extracting(Fault::field).contains("config." + list);
    }
}
