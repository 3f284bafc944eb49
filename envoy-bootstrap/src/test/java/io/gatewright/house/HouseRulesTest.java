package io.gatewright.house;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The rules of the house: which way things may depend on each other, and what nothing may be called. */
final class HouseRulesTest {
    private static final JavaClasses ALL = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .withImportOption(location -> !location.contains("-tests.jar"))
            .importPackages("io.gatewright");
    private static final Path ROOT = Path.of("..");
    private static final int LONGEST_FILE = 400;

    /** What each package may use of ours. */
    private static final Map<String, List<String>> MAY_USE = new TreeMap<>(Map.ofEntries(
            entry("settings", List.of("settings")),
            entry("reference", List.of("reference", "settings")),
            entry("audit", List.of("audit")),
            entry("registry", List.of("registry", "audit", "settings", "events")),
            entry("events", List.of("events", "proto")),
            entry("envoy", List.of("envoy", "settings", "xds", "proto")),
            entry("xds", List.of("xds", "proto")),
            entry("kong", List.of("kong", "settings")),
            entry(
                    "server",
                    List.of(
                            "server",
                            "envoy",
                            "xds",
                            "kong",
                            "guard",
                            "registry",
                            "audit",
                            "reference",
                            "settings",
                            "events")),
            entry("cli", List.of("cli", "audit", "events")),
            entry("envoybootstrap", List.of("envoybootstrap")),
            entry("pdk", List.of("pdk", "proto")),
            entry("testkit", List.of("testkit", "pdk", "proto")),
            entry("guard", List.of("guard", "settings", "registry", "events")),
            entry("sidecar", List.of("sidecar", "guard", "pdk", "settings", "registry")),
            entry("demo", List.of("demo", "envoybootstrap", "cli", "testkit", "pdk")),
            entry(
                    "bench",
                    List.of(
                            "bench",
                            "demo",
                            "envoybootstrap",
                            "guard",
                            "sidecar",
                            "envoy",
                            "xds",
                            "kong",
                            "registry",
                            "settings",
                            "events",
                            "pdk",
                            "testkit",
                            "proto"))));

    @Test
    void packagesDependInOneDirection() {
        MAY_USE.forEach((name, allowed) -> noClasses()
                .that()
                .resideInAPackage("io.gatewright." + name + "..")
                .should()
                .dependOnClassesThat(describe(
                        "are of Gatewright but not of " + allowed,
                        target -> target.getPackageName().startsWith("io.gatewright.")
                                && allowed.stream().noneMatch(part -> isIn(target, part))))
                .check(ALL));
    }

    @Test
    void everyPackageHasItsDirections() {
        assertThat(ALL.stream()
                        .map(type -> type.getPackageName().split("\\.", -1)[2])
                        .filter(part -> !part.equals("proto"))
                        .distinct())
                .containsExactlyInAnyOrderElementsOf(MAY_USE.keySet());
    }

    @Test
    void packagesHaveNoCycles() {
        slices().matching("io.gatewright.(**)").should().beFreeOfCycles().check(ALL);
    }

    @Test
    void nothingHasANameThatSaysLittle() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.gatewright.proto..")
                .and() // Kong's word for where requests go
                .doNotHaveFullyQualifiedName("io.gatewright.pdk.Service")
                .and()
                .doNotHaveFullyQualifiedName("io.gatewright.pdk.Router$MatchedService")
                .should()
                .haveSimpleNameEndingWith("Manager")
                .orShould()
                .haveSimpleNameEndingWith("Helper")
                .orShould()
                .haveSimpleNameEndingWith("Util")
                .orShould()
                .haveSimpleNameEndingWith("Utils")
                .orShould()
                .haveSimpleNameEndingWith("Impl")
                .orShould()
                .haveSimpleNameEndingWith("Service")
                .orShould()
                .haveSimpleNameStartingWith("Abstract")
                .orShould()
                .haveSimpleNameStartingWith("Base")
                .check(ALL);
    }

    @Test
    void onlyStoresSpeakSql() {
        noClasses()
                .that()
                .resideOutsideOfPackages(
                        "io.gatewright.registry..", "io.gatewright.events..", "io.gatewright.guard.store..")
                .and()
                .resideOutsideOfPackage("io.gatewright.bench..") // which measures against plain SQL
                .and()
                .doNotHaveFullyQualifiedName("io.gatewright.server.Wiring")
                .and()
                .doNotHaveFullyQualifiedName("io.gatewright.server.Database")
                .and()
                .doNotHaveFullyQualifiedName("io.gatewright.sidecar.Sidecar")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("java.sql..")
                .check(ALL);
    }

    @Test
    void librariesKnowNoFramework() {
        noClasses()
                .that()
                .resideInAnyPackage(
                        "io.gatewright.settings..",
                        "io.gatewright.reference..",
                        "io.gatewright.audit..",
                        "io.gatewright.registry..",
                        "io.gatewright.events..",
                        "io.gatewright.envoy..",
                        "io.gatewright.xds..",
                        "io.gatewright.kong..",
                        "io.gatewright.pdk..",
                        "io.gatewright.testkit..",
                        "io.gatewright.guard..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.quarkus..", "jakarta..", "io.micrometer..", "org.eclipse.microprofile..")
                .check(ALL);
    }

    @Test
    void thePureOnesReadNoClockAndLogNothing() {
        noClasses()
                .that()
                .resideInAnyPackage(
                        "io.gatewright.settings..",
                        "io.gatewright.reference..",
                        "io.gatewright.audit..",
                        "io.gatewright.envoy..",
                        "io.gatewright.kong")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.slf4j..", "java.nio.file..", "java.time.Clock")
                .check(ALL);
    }

    @Test
    void exceptionsAreTheOnlyOpenClasses() {
        classes()
                .that()
                .resideInAnyPackage(
                        "io.gatewright.settings..",
                        "io.gatewright.reference..",
                        "io.gatewright.audit..",
                        "io.gatewright.registry..",
                        "io.gatewright.events..",
                        "io.gatewright.envoy..",
                        "io.gatewright.xds..",
                        "io.gatewright.kong..",
                        "io.gatewright.pdk..",
                        "io.gatewright.testkit..",
                        "io.gatewright.guard..")
                .and()
                .areTopLevelClasses()
                .and()
                .areNotInterfaces()
                .and()
                .doNotHaveSimpleName("package-info")
                .should()
                .haveModifier(com.tngtech.archunit.core.domain.JavaModifier.FINAL)
                .check(ALL);
    }

    @Test
    void everyPackageSaysWhatItIs() throws IOException {
        List<Path> silent = new ArrayList<>();
        for (Path folder : sources().map(Path::getParent).distinct().toList()) {
            if (folder.toString().contains("main") && !Files.exists(folder.resolve("package-info.java"))) {
                silent.add(folder);
            }
        }
        assertThat(silent).isEmpty();
    }

    @Test
    void noFileHasOutgrownItsRoom() throws IOException {
        List<String> outgrown = new ArrayList<>();
        for (Path file : sources().toList()) {
            try (Stream<String> lines = Files.lines(file)) {
                if (lines.count() > LONGEST_FILE) {
                    outgrown.add(file.toString());
                }
            }
        }
        assertThat(outgrown).isEmpty();
    }

    private static Stream<Path> sources() throws IOException {
        try (Stream<Path> files = Files.walk(ROOT)) {
            return files
                    .filter(file -> file.toString().endsWith(".java"))
                    .filter(file -> !file.toString().contains("target"))
                    .toList()
                    .stream();
        }
    }

    private static boolean isIn(JavaClass type, String part) {
        String name = "io.gatewright." + part;
        return type.getPackageName().equals(name) || type.getPackageName().startsWith(name + ".");
    }
}
