package io.gatewright.events.schema;

import static io.gatewright.events.schema.Given.json;
import static io.gatewright.events.schema.Given.member;
import static io.gatewright.events.schema.Given.schema;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every rule with a change that breaks it, and with the document that shows why it is a rule. */
final class SchemaEvolutionTest {
    private static final String OPEN = "{'type':'string','enum':['x','y'],'x-open-enum':true}";
    private static final String CHOICE = """
            {'x-discriminator':'k','oneOf':[
              {'type':'object','required':['k'],'properties':{'k':{'type':'string','const':'x'}}}%s]}""";
    private static final String SECOND =
            ",{'type':'object','required':['k'],'properties':{'k':{'type':'string','const':'y'}}}";

    /** A change that breaks, the pointer and rule it is found at, and an event that one side can no longer read. */
    record Break(JsonNode older, JsonNode newer, String pointer, Rule rule, JsonNode event) {
        static Break of(String older, String newer, String pointer, Rule rule, String value) {
            return new Break(member(1, older), member(2, newer), pointer, rule, json("{'m':" + value + "}"));
        }

        @Override
        public String toString() {
            return rule.wireName() + " at " + pointer + ": " + event;
        }
    }

    static Stream<Break> breaks() {
        return Stream.of(
                new Break(
                        schema(1, "'properties':{'m':{'type':'string'}}"),
                        schema(2, "'properties':{'n':{'type':'string'}}"),
                        "/properties/m",
                        Rule.PROPERTY_REMOVED,
                        json("{'m':'x'}")),
                new Break(
                        schema(1, "'properties':{}"),
                        schema(2, "'properties':{'m':{'type':'string'}},'required':['m']"),
                        "/required",
                        Rule.PROPERTY_REQUIRED,
                        json("{}")),
                new Break(
                        schema(1, "'properties':{'m':{'type':'string'}}"),
                        schema(2, "'properties':{'m':{'type':'string'}},'required':['m']"),
                        "/required",
                        Rule.REQUIRED_CHANGED,
                        json("{}")),
                new Break(
                        schema(1, "'properties':{'m':{'type':'string'}},'required':['m']"),
                        schema(2, "'properties':{'m':{'type':'string'}}"),
                        "/required",
                        Rule.REQUIRED_CHANGED,
                        json("{}")),
                Break.of("{'type':'integer'}", "{'type':'number'}", "/properties/m/type", Rule.TYPE_CHANGED, "1.5"),
                Break.of("{'type':'integer'}", "{'type':'string'}", "/properties/m/type", Rule.TYPE_CHANGED, "1"),
                Break.of(
                        "{'type':'object','x-opaque':true}",
                        "{'type':'object','properties':{}}",
                        "/properties/m/x-opaque",
                        Rule.TYPE_CHANGED,
                        "{'free':1}"),
                Break.of(CHOICE.formatted(""), "{'type':'string'}", "/properties/m", Rule.TYPE_CHANGED, "{'k':'x'}"),
                Break.of(
                        "{'type':'string'}",
                        "{'type':['string','null']}",
                        "/properties/m/type",
                        Rule.NULLABILITY_CHANGED,
                        "null"),
                Break.of(
                        "{'type':['string','null']}",
                        "{'type':'string'}",
                        "/properties/m/type",
                        Rule.NULLABILITY_CHANGED,
                        "null"),
                Break.of(
                        "{'type':'string','enum':['x','y']}",
                        "{'type':'string','enum':['x']}",
                        "/properties/m/enum",
                        Rule.ENUM_NARROWED,
                        "'y'"),
                Break.of(
                        "{'type':'string'}",
                        "{'type':'string','enum':['x']}",
                        "/properties/m/enum",
                        Rule.ENUM_NARROWED,
                        "'y'"),
                Break.of(
                        "{'type':'string','enum':['x']}",
                        "{'type':'string','enum':['x','y']}",
                        "/properties/m/enum",
                        Rule.ENUM_WIDENED,
                        "'y'"),
                Break.of(
                        OPEN,
                        "{'type':'string','enum':['x'],'x-open-enum':true}",
                        "/properties/m/enum",
                        Rule.ENUM_NARROWED,
                        "'y'"),
                Break.of(
                        "{'type':'string','const':'x'}",
                        "{'type':'string','const':'y'}",
                        "/properties/m/const",
                        Rule.CONST_CHANGED,
                        "'x'"),
                Break.of(
                        "{'type':'integer','maximum':5}",
                        "{'type':'integer','maximum':4}",
                        "/properties/m/maximum",
                        Rule.BOUNDS_CHANGED,
                        "5"),
                Break.of(
                        "{'type':'integer','maximum':5}",
                        "{'type':'integer','maximum':6}",
                        "/properties/m/maximum",
                        Rule.BOUNDS_CHANGED,
                        "6"),
                Break.of(
                        "{'type':'string','maxLength':3}",
                        "{'type':'string'}",
                        "/properties/m/maxLength",
                        Rule.BOUNDS_CHANGED,
                        "'long'"),
                Break.of(
                        "{'type':'string'}",
                        "{'type':'string','pattern':'^x$'}",
                        "/properties/m/pattern",
                        Rule.PATTERN_CHANGED,
                        "'y'"),
                Break.of(
                        "{'type':'string'}",
                        "{'type':'string','format':'date'}",
                        "/properties/m/format",
                        Rule.FORMAT_CHANGED,
                        "'y'"),
                Break.of(
                        CHOICE.formatted(SECOND),
                        CHOICE.formatted(""),
                        "/properties/m/oneOf/1",
                        Rule.VARIANTS_CHANGED,
                        "{'k':'y'}"),
                Break.of(
                        CHOICE.formatted(""),
                        CHOICE.formatted(SECOND),
                        "/properties/m/oneOf/1",
                        Rule.VARIANTS_CHANGED,
                        "{'k':'y'}"),
                Break.of(
                        "{'type':'array','items':{'type':'integer'}}",
                        "{'type':'array','items':{'type':'integer','minimum':1}}",
                        "/properties/m/items/minimum",
                        Rule.BOUNDS_CHANGED,
                        "[0]"),
                new Break(
                        schema(1, "'properties':{'m':{'$ref':'#/$defs/d'}},'$defs':{'d':{'type':'string'}}"),
                        schema(2, "'properties':{'m':{'$ref':'#/$defs/e'}},'$defs':{'e':{'type':'integer'}}"),
                        "/$defs/e/type",
                        Rule.TYPE_CHANGED,
                        json("{'m':'x'}")));
    }

    @ParameterizedTest
    @MethodSource("breaks")
    @DisplayName("39: refuses what breaks, with pointer and rule, and a document proves that it does")
    void refusesWhatBreaks(Break change) {
        assertThat(SchemaLanguage.check(change.older())).isEmpty();
        assertThat(SchemaLanguage.check(change.newer())).isEmpty();

        List<Finding> findings = SchemaEvolution.check(change.older(), change.newer());

        assertThat(findings).hasSize(1);
        assertThat(findings.getFirst().rule()).isEqualTo(change.rule());
        assertThat(findings.getFirst().pointer()).isEqualTo(change.pointer());
        assertThat(findings.getFirst().message()).isNotBlank();
        assertThat(disturbs(change.older(), change.newer(), change.event()))
                .as("an old event that is no longer valid, or a new one that old readers cannot take")
                .isTrue();
    }

    private static boolean disturbs(JsonNode older, JsonNode newer, JsonNode event) {
        SchemaValidator before = new SchemaValidator(older);
        SchemaValidator after = new SchemaValidator(newer);
        boolean wasWritten = before.violations(event, Reading.PRODUCER).isEmpty();
        boolean isWritten = after.violations(event, Reading.PRODUCER).isEmpty();
        return (wasWritten && !isWritten)
                || (isWritten && !before.violations(event, Reading.CONSUMER).isEmpty());
    }

    static Stream<Break> promises() {
        return Stream.of(
                new Break(
                        schema(1, "'properties':{},'x-removed':['m']"),
                        schema(2, "'properties':{'m':{'type':'string'}}"),
                        "/properties/m",
                        Rule.TOMBSTONE_REUSED,
                        json("{}")),
                new Break(
                        schema(1, "'properties':{},'x-removed':['m','n']"),
                        schema(2, "'properties':{},'x-removed':['n']"),
                        "/x-removed",
                        Rule.TOMBSTONE_LOST,
                        json("{}")),
                Break.of(
                        "{'type':'string','x-pii':'special'}",
                        "{'type':'string','x-pii':'personal'}",
                        "/properties/m/x-pii",
                        Rule.PII_LOWERED,
                        "''"),
                Break.of(
                        "{'type':'string','enum':['x','y']}",
                        OPEN,
                        "/properties/m/x-open-enum",
                        Rule.OPEN_ENUM_CHANGED,
                        "'x'"),
                Break.of(
                        OPEN,
                        "{'type':'string','enum':['x','y']}",
                        "/properties/m/x-open-enum",
                        Rule.OPEN_ENUM_CHANGED,
                        "'x'"),
                new Break(
                        schema(1, "'properties':{'m':{'type':'string'}},'required':['m'],'x-key':'/m'"),
                        schema(2, "'properties':{'m':{'type':'string'}},'required':['m'],'x-key':'fixed'"),
                        "/x-key",
                        Rule.IDENTITY,
                        json("{}")),
                new Break(
                        schema(1, "'properties':{},'x-alias':'a.b.c.v1'"),
                        schema(2, "'properties':{}"),
                        "/x-alias",
                        Rule.IDENTITY,
                        json("{}")),
                new Break(
                        schema(1, "'properties':{}"),
                        schema(1, "'properties':{},'description':'other'"),
                        "/$id",
                        Rule.REVISION,
                        json("{}")),
                new Break(
                        schema(2, "'properties':{}"), schema(1, "'properties':{}"), "/$id", Rule.REVISION, json("{}")));
    }

    @ParameterizedTest
    @MethodSource("promises")
    @DisplayName("39: refuses what no single document shows")
    void refusesWhatBreaksAPromise(Break change) {
        assertThat(SchemaEvolution.check(change.older(), change.newer()))
                .extracting(Finding::rule, Finding::pointer)
                .contains(tuple(change.rule(), change.pointer()));
    }

    @Test
    @DisplayName("39: every rule about schemas has a change that breaks it")
    void everyRuleAboutSchemasHasItsBreak() {
        assertThat(Stream.concat(breaks(), promises()).map(Break::rule).distinct())
                .containsExactlyInAnyOrderElementsOf(Stream.of(Rule.values())
                        .filter(rule -> rule != Rule.LANGUAGE && rule != Rule.TYPE_REMOVED)
                        .toList());
    }

    @Test
    @DisplayName("39: accepts an optional member, a word of an open enumeration, and any words about it")
    void acceptsWhatOnlyAdds() {
        JsonNode older =
                schema(1, "'properties':{'m':" + OPEN + ",'n':{'type':'string','x-pii':'none'}},'required':['m']");
        JsonNode newer = schema(2, """
                'title':'t','description':'d','x-removed':['gone'],'x-alias':'a.b.c.v1','required':['m'],'properties':{
                  'm':{'type':'string','enum':['x','z','y'],'x-open-enum':true,'deprecated':true},
                  'n':{'$ref':'#/$defs/n','x-pii':'personal'},
                  'o':{'type':'object','properties':{'p':{'type':'integer'}},'required':['p']}},
                '$defs':{'n':{'type':'string','description':'moved'}}""");

        assertThat(SchemaEvolution.check(older, newer)).isEmpty();
    }

    @Test
    @DisplayName("39: refuses two small steps that come to a break")
    void comparesWithEveryOlderRevision() {
        JsonNode first = member(1, "{'type':'string','enum':['x']}");
        JsonNode second = member(2, OPEN.replace(",'y'", ""));
        JsonNode third = member(3, OPEN);

        assertThat(SchemaEvolution.check(second, third)).isEmpty();
        assertThat(SchemaEvolution.check(first, third))
                .extracting(Finding::rule)
                .containsExactly(Rule.OPEN_ENUM_CHANGED, Rule.ENUM_WIDENED);
    }

    @Test
    void refusesToCompareDifferentTypes() {
        JsonNode other = Given.object("{'$id':'urn:gatewright:event:a.b.other.v1:2','type':'object','properties':{}}");

        assertThat(SchemaEvolution.check(schema(1, "'properties':{}"), other))
                .extracting(Finding::rule)
                .containsExactly(Rule.IDENTITY);
    }
}
