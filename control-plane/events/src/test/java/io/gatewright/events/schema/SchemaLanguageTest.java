package io.gatewright.events.schema;

import static io.gatewright.events.schema.Given.member;
import static io.gatewright.events.schema.Given.object;
import static io.gatewright.events.schema.Given.schema;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class SchemaLanguageTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                {'type':'string','not':{}}                                   | /properties/m/not            | outside the language
                {'type':'object','properties':{},'patternProperties':{}}     | /properties/m/patternProperties | outside the language
                {'type':'object','properties':{},'additionalProperties':true}| /properties/m/additionalProperties | outside the language
                {'anyOf':[]}                                                 | /properties/m/type           | is none of
                {}                                                           | /properties/m/type           | is none of
                true                                                         | /properties/m                | is not a schema
                {'type':['string','integer']}                                | /properties/m/type           | is none of
                {'type':['string','null'],'enum':['x']}                      | /properties/m/type           | optional instead
                {'type':'object'}                                            | /properties/m/properties     | declare every member
                {'type':'object','properties':{'no-name':{'type':'string'}}} | /properties/m/properties/no-name | camelCase
                {'type':'object','properties':{'class':{'type':'string'}}}   | /properties/m/properties/class | camelCase
                {'type':'object','properties':{},'required':['x']}           | /properties/m/required       | not among the properties
                {'type':'object','properties':{},'x-opaque':true}            | /properties/m/x-opaque       | there are no properties
                {'type':'array'}                                             | /properties/m/items          | is not a schema
                {'type':'array','items':{'type':'string'},'minItems':-1}     | /properties/m/minItems       | bound
                {'type':'array','items':{'type':'string'},'uniqueItems':1}   | /properties/m/uniqueItems    | true or false
                {'type':'string','minLength':3,'maxLength':2}                | /properties/m/minLength      | nothing fits
                {'type':'string','enum':[]}                                  | /properties/m/enum           | at least one word
                {'type':'string','enum':['x','x']}                           | /properties/m/enum           | different texts
                {'type':'string','enum':['x',1]}                             | /properties/m/enum           | different texts
                {'type':'string','x-open-enum':true}                         | /properties/m/x-open-enum    | beside an enum
                {'type':'string','const':1}                                  | /properties/m/const          | is not a text
                {'type':'string','format':'colour'}                          | /properties/m/format         | is none of
                {'type':'string','pattern':'('}                              | /properties/m/pattern        | no regular expression
                {'type':'integer','const':'x'}                               | /properties/m/const          | is not of type integer
                {'type':'integer','minimum':'x'}                             | /properties/m/minimum        | bound
                {'type':'string','x-pii':'maybe'}                            | /properties/m/x-pii          | none, personal, special
                {'$ref':'other.json#/a'}                                     | /properties/m/$ref           | one of this schema's $defs
                {'$ref':'#/$defs/none'}                                      | /properties/m/$ref           | one of this schema's $defs
                {'$ref':'#/$defs/d','type':'string'}                         | /properties/m/type           | outside the language
                {'oneOf':[{'type':'string'}]}                                | /properties/m                | x-discriminator
                {'x-discriminator':'k','oneOf':[{'type':'object','properties':{'k':{'type':'string','const':'x'}}}]} | /properties/m/oneOf/0 | no required member
                """)
    void refusesWhatTheCheckerCouldNotDecide(String schema, String pointer, String message) {
        assertThat(SchemaLanguage.check(member(1, schema))).anySatisfy(finding -> {
            assertThat(finding.rule()).isEqualTo(Rule.LANGUAGE);
            assertThat(finding.pointer()).isEqualTo(pointer);
            assertThat(finding.message()).contains(message);
        });
    }

    @Test
    void refusesReferencesInACircle() {
        assertThat(SchemaLanguage.check(schema(1, """
                'properties':{'m':{'$ref':'#/$defs/d'}},
                '$defs':{'d':{'type':'object','properties':{'again':{'$ref':'#/$defs/d'}}}}""")))
                .anySatisfy(finding -> assertThat(finding.message()).contains("leads back to itself"));
    }

    @Test
    void refusesANameThatIsListedAsTakenOut() {
        assertThat(SchemaLanguage.check(schema(1, "'properties':{'m':{'type':'string'}},'x-removed':['m']")))
                .extracting(Finding::rule)
                .containsExactly(Rule.TOMBSTONE_REUSED);
    }

    @Test
    void refusesASchemaWithoutItsHead() {
        assertThat(SchemaLanguage.check(object("{'type':'string','$id':'x'}")))
                .extracting(Finding::pointer)
                .contains("/$schema", "/$id", "/type");
        assertThat(SchemaLanguage.check(Given.json("[]"))).hasSize(1);
    }

    @Test
    void refusesAKeyThatIsNoRequiredText() {
        String members = "'properties':{'m':{'type':'string'}},'x-key':'/m'";

        assertThat(SchemaLanguage.check(schema(1, members)))
                .extracting(Finding::pointer)
                .containsExactly("/x-key");
        assertThat(SchemaLanguage.check(schema(1, members + ",'required':['m']")))
                .isEmpty();
    }
}
