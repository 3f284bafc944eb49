package io.gatewright.events.schema;

import static io.gatewright.events.schema.Given.member;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SchemaFolderTest {
    private static final String TYPE = "a.b.happened.v1";

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @Test
    @DisplayName("39: compares with every revision in the history")
    void comparesWithTheHistory() throws Exception {
        write("history/" + TYPE + "/1.json", member(1, "{'type':'string'}"));
        write("history/" + TYPE + "/2.json", member(2, "{'type':'string','deprecated':true}"));
        write(TYPE + ".json", member(3, "{'type':'integer'}"));

        assertThat(SchemaFolder.read(folder).outsideTheLanguage()).isEmpty();
        assertThat(SchemaFolder.read(folder).breaks())
                .extracting(Finding::toString)
                .containsExactly(
                        TYPE + ".json /properties/m/type [type-changed] is integer and was string; add a member"
                                + " with another name");
    }

    @Test
    void findsWhatWasChangedWithoutANewRevision() throws Exception {
        write("history/" + TYPE + "/1.json", member(1, "{'type':'string'}"));
        write(TYPE + ".json", member(1, "{'type':'string','description':'other'}"));

        assertThat(SchemaFolder.read(folder).breaks()).extracting(Finding::rule).containsExactly(Rule.REVISION);
    }

    @Test
    @DisplayName("39: a published type stays, and so does what was published of it")
    void findsWhatIsGone() throws Exception {
        write("history/" + TYPE + "/1.json", member(1, "{'type':'string'}"));
        write("history/" + TYPE + "/2.json", member(2, "{'type':'string'}"));
        write(TYPE + ".json", member(2, "{'type':'string'}"));
        SchemaFolder before = SchemaFolder.read(folder);
        assertThat(before.breaksSince(before)).isEmpty();

        write("history/" + TYPE + "/2.json", member(2, "{'type':'string','title':'other'}"));
        write(TYPE + ".json", member(2, "{'type':'string','title':'other'}"));
        assertThat(SchemaFolder.read(folder).breaks()).isEmpty();
        assertThat(SchemaFolder.read(folder).breaksSince(before))
                .extracting(Finding::file)
                .containsExactly(TYPE + ".json", "history/" + TYPE + "/2.json");

        Files.delete(folder.resolve("history/" + TYPE + "/1.json"));
        assertThat(SchemaFolder.read(folder).breaks())
                .extracting(Finding::message)
                .containsExactly("has a gap; put the missing ones back");

        Files.delete(folder.resolve(TYPE + ".json"));
        assertThat(SchemaFolder.read(folder).breaks()).extracting(Finding::rule).containsExactly(Rule.TYPE_REMOVED);
    }

    @Test
    void findsFilesUnderAWrongName() throws Exception {
        write("a.b.other.v1.json", member(1, "{'type':'string'}"));
        write("history/" + TYPE + "/2.json", member(1, "{'type':'string'}"));
        JsonNode two = Given.schema(1, "'properties':{}");
        write("a.happened.v1.json", Given.json(two.toString().replace("a.b.happened", "a.happened")));

        assertThat(SchemaFolder.read(folder).outsideTheLanguage())
                .extracting(Finding::file, Finding::message)
                .containsExactlyInAnyOrder(
                        tuple("a.b.other.v1.json", "is not the type that the file is named after"),
                        tuple(
                                "a.happened.v1.json",
                                "is not DOMAIN.AGGREGATE.EVENT.vMAJOR; name it so, or give it an x-alias that is"),
                        tuple("history/" + TYPE + "/2.json", "does not end with :2"));
    }

    @Test
    void saysWhichFileCannotBeRead() throws Exception {
        Files.writeString(folder.resolve(TYPE + ".json"), "{\n\"a\":1,\n\"a\":2}");

        assertThatThrownBy(() -> SchemaFolder.read(folder))
                .isInstanceOf(UnreadableSchemaException.class)
                .hasMessageContaining(TYPE + ".json is not JSON at line 3: Duplicate field 'a'");
        assertThatThrownBy(() -> SchemaFolder.file(folder.resolve("none.json")))
                .hasMessageEndingWith("none.json does not exist");
    }

    private void write(String name, JsonNode schema) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, schema.toPrettyString());
    }
}
