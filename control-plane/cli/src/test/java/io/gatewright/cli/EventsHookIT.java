package io.gatewright.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commit hook of this repository in a fresh one, whose launcher starts the command line that is tested here. */
final class EventsHookIT {
    private static final Path HOOKS =
            Path.of("../../docs/hooks").toAbsolutePath().normalize();
    private static final String SCHEMA = """
            {"$schema": "https://json-schema.org/draft/2020-12/schema",
             "$id": "urn:gatewright:event:a.b.happened.v1:%d", "type": "object", "properties": {%s}}""";

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path repository;

    @BeforeEach
    void initialise() throws Exception {
        assertThat(git("init", "-q").code()).isZero();
        assertThat(git("config", "core.hooksPath", HOOKS.toString()).code()).isZero();
        Path launcher = repository.resolve("gatewright");
        Files.writeString(
                launcher, """
                #!/bin/sh
                exec '%s/bin/java' -cp '%s' io.gatewright.cli.Main "$@"
                """.formatted(System.getProperty("java.home"), System.getProperty("java.class.path")));
        Files.setPosixFilePermissions(launcher, PosixFilePermissions.fromString("rwxr-xr-x"));
        commit("first", "a.b.happened.v1.json", SCHEMA.formatted(1, "'m':{'type':'string'}"));
    }

    @Test
    @DisplayName("39: the commit hook stops a change that breaks, and lets one through that adds")
    void stopsACommitThatBreaks() throws Exception {
        FakeControlPlane.Run breaking =
                commit("second", "a.b.happened.v1.json", SCHEMA.formatted(2, "'m':{'type':'integer'}"));
        assertThat(breaking.code()).isNotZero();
        assertThat(breaking.err()).contains("a.b.happened.v1.json /properties/m/type [type-changed]");

        FakeControlPlane.Run adding = commit(
                "second", "a.b.happened.v1.json", SCHEMA.formatted(2, "'m':{'type':'string'},'n':{'type':'string'}"));
        assertThat(adding.code()).as(adding.err()).isZero();
        assertThat(git("log", "--format=%s").out()).isEqualTo("second\nfirst\n");
    }

    @Test
    void looksAtWhatIsStagedAndNotAtWhatLiesAround() throws Exception {
        Files.writeString(repository.resolve("proto/events/a.b.happened.v1.json"), "{");
        Files.writeString(repository.resolve("README.md"), "x");
        assertThat(git("add", "README.md").code()).isZero();

        FakeControlPlane.Run commit = git("commit", "-q", "-m", "second");

        assertThat(commit.code()).as(commit.err()).isZero();
    }

    @Test
    void stopsACommitThatRemovesAType() throws Exception {
        assertThat(git("rm", "-q", "proto/events/a.b.happened.v1.json").code()).isZero();

        FakeControlPlane.Run commit = git("commit", "-q", "-m", "second");

        assertThat(commit.code()).isNotZero();
        assertThat(commit.err()).contains("a.b.happened.v1.json / [type-removed] is gone");
    }

    private FakeControlPlane.Run commit(String message, String name, String schema)
            throws IOException, InterruptedException {
        Path file = repository.resolve("proto/events/" + name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, schema.replace('\'', '"'));
        assertThat(git("add", "proto").code()).isZero();
        return git("commit", "-q", "-m", message);
    }

    private FakeControlPlane.Run git(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("git", "-c", "user.name=a", "-c", "user.email=a@example.org"));
        command.addAll(List.of(arguments));
        Path out = Files.createTempFile(repository, "out", ".tmp");
        Path err = Files.createTempFile(repository, "err", ".tmp");
        int code = new ProcessBuilder(command)
                .directory(repository.toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile())
                .start()
                .waitFor();
        return new FakeControlPlane.Run(
                code, Files.readString(out, StandardCharsets.UTF_8), Files.readString(err, StandardCharsets.UTF_8));
    }
}
