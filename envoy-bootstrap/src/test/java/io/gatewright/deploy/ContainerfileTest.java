package io.gatewright.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatewright.deploy.Containerfile.Stage;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The Containerfile: fixed images, sources that a build makes, nobody root in the end, and the flags of the launcher. */
final class ContainerfileTest {
    private static final Containerfile FILE = Containerfile.read();
    private static final Set<String> INSTRUCTIONS = Set.of("WORKDIR", "COPY", "RUN", "USER", "EXPOSE", "ENTRYPOINT");
    private static final List<String> FINAL = List.of("control-plane", "sidecar");

    @Test
    void isWrittenInWordsThatBuildersKnow() {
        assertThat(FILE.stages().stream().map(Stage::name)).doesNotHaveDuplicates();
        for (Stage stage : FILE.stages()) {
            assertThat(stage.instructions())
                    .allSatisfy(line -> assertThat(INSTRUCTIONS).contains(line.name()));
        }
    }

    @Test
    void everyStageIsMadeOfAFixedImageOrOfAnEarlierStage() {
        for (int i = 0; i < FILE.stages().size(); i++) {
            String from = FILE.stages().get(i).from();
            boolean earlier = FILE.stages().subList(0, i).stream()
                    .anyMatch(stage -> stage.name().equals(from));
            assertThat(earlier || from.matches("[a-z./-]+:[0-9]+\\.[0-9]+[a-z0-9.-]*"))
                    .as(from)
                    .isTrue();
        }
        assertThat(FILE.stage("build").from()).endsWith("temurin-" + Pins.java());
    }

    @Test
    void bothImagesEndAsAUserThatIsNotRootAndIsComposes() {
        for (String name : FINAL) {
            assertThat(FILE.stage(name).all("USER").getLast())
                    .matches("[1-9][0-9]*:[1-9][0-9]*")
                    .isEqualTo(Compose.read().container(name).get("user").asText());
            assertThat(FILE.stage(name).instructions().getLast().name()).isEqualTo("ENTRYPOINT");
            assertThat(FILE.stage("runtime").all("RUN").getFirst())
                    .contains("--uid " + FILE.stage(name).all("USER").getLast().replaceAll(":.*", "") + " ");
        }
    }

    @Test
    void whatIsCopiedIsOfAModuleThatIsBuilt() {
        for (String name : FINAL) {
            for (String copy : FILE.stage(name).all("COPY")) {
                Matcher words =
                        Pattern.compile("--from=(\\S+) /src/(\\S+) (/\\S+)").matcher(copy);
                assertThat(words.matches()).as(copy).isTrue();
                assertThat(words.group(1)).isEqualTo("build");
                String module = words.group(2).replaceAll("/target/.*", "");
                assertThat(FILE.stage("build").all("RUN").getFirst()).contains(module);
                assertThat(DeployFile.ROOT.resolve(module).resolve("pom.xml")).isRegularFile();
            }
        }
        assertThat(FILE.stage("runtime").all("COPY")).containsExactly("--from=build /opt/java /opt/java");
        assertThat(FILE.stage("build").all("RUN").getLast()).endsWith("--output /opt/java");
    }

    @Test
    void programsStartAsTheLauncherStartsThem() {
        String launcher = DeployFile.text(DeployFile.ROOT.resolve("gatewright"));
        Matcher flags = Pattern.compile("(?m)^java_flags='(.*)'$").matcher(launcher);
        assertThat(flags.find()).isTrue();
        for (String name : FINAL) {
            assertThat(FILE.entrypoint(name)).containsAll(List.of(flags.group(1).split(" ", -1)));
        }
    }

    @Test
    void whatABuildLeavesBehindStaysOutside() {
        assertThat(DeployFile.text("container/Containerfile.dockerignore").lines())
                .containsExactlyInAnyOrder(".git", ".gatewright", "**/target", "**/.env");
    }
}
