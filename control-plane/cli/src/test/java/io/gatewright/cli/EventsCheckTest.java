package io.gatewright.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class EventsCheckTest {
    private static final String SCHEMA = """
            {"$schema": "https://json-schema.org/draft/2020-12/schema",
             "$id": "urn:gatewright:event:a.b.happened.v1:%d", "type": "object", "properties": {%s}}""";

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @Test
    @DisplayName("39: an optional member is green")
    void saysThatASchemaOnlyAdds() throws IOException {
        Path older = write("1.json", SCHEMA.formatted(1, "'m':{'type':'string'}"));
        Path newer = write("2.json", SCHEMA.formatted(2, "'m':{'type':'string'},'n':{'type':'string'}"));

        FakeControlPlane.Run run = run(older, newer);

        assertThat(run.code()).isZero();
        assertThat(run.out()).contains("only adds to");
        assertThat(run.err()).isEmpty();
    }

    @Test
    @DisplayName("39: a member of another type is red, with pointer and rule")
    void saysWhereASchemaBreaks() throws IOException {
        Path older = write("1.json", SCHEMA.formatted(1, "'m':{'type':'string'},'n':{'type':'string'}"));
        Path newer = write("2.json", SCHEMA.formatted(2, "'m':{'type':'integer'}"));

        FakeControlPlane.Run run = run(older, newer);

        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err())
                .contains(newer + " /properties/m/type [type-changed] is integer and was string")
                .contains(newer + " /properties/n [property-removed] 'n' is gone")
                .contains("the next vMAJOR");
    }

    @Test
    void saysWhatIsNoEventSchema() throws IOException {
        Path good = write("1.json", SCHEMA.formatted(1, "'m':{'type':'string'}"));
        Path bad = write("2.json", SCHEMA.formatted(2, "'m':{'not':{}}"));
        Path broken = write("3.json", "{");

        assertThat(run(good, bad).code()).isEqualTo(2);
        assertThat(run(good, bad).err()).contains(bad + " /properties/m/type [language] is none of array, boolean");
        assertThat(run(good, broken).code()).isEqualTo(2);
        assertThat(run(good, broken).err()).contains(broken + " is not JSON at line 1");
        assertThat(run(good, folder.resolve("4.json")).err()).contains("4.json does not exist");
        assertThat(run(good, folder).err()).contains("are not both files or both folders");
    }

    @Test
    void comparesFoldersWithTheirHistory() throws IOException {
        write("old/a.b.happened.v1.json", SCHEMA.formatted(1, "'m':{'type':'string'}"));
        write("old/history/a.b.happened.v1/1.json", SCHEMA.formatted(1, "'m':{'type':'string'}"));
        write("new/a.b.happened.v1.json", SCHEMA.formatted(2, "'m':{'type':'string','title':'t'}"));

        FakeControlPlane.Run run = run(folder.resolve("old"), folder.resolve("new"));

        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err()).contains("history/a.b.happened.v1/1.json / [revision] is not what was published");
        assertThat(run(folder.resolve("old"), folder.resolve("old")).code()).isZero();
    }

    private Path write(String name, String text) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, text.replace('\'', '"'));
    }

    private static FakeControlPlane.Run run(Path older, Path newer) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int code = Main.run(
                new PrintWriter(out, true),
                new PrintWriter(err, true),
                "events",
                "check",
                older.toString(),
                newer.toString());
        return new FakeControlPlane.Run(code, out.toString(), err.toString());
    }
}
