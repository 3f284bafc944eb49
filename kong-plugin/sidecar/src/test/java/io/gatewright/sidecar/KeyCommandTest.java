package io.gatewright.sidecar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatewright.guard.KeyDesk.Whose;
import java.util.List;
import org.junit.jupiter.api.Test;

final class KeyCommandTest {
    @Test
    void readsWhoseKeyAndWhatToDo() {
        assertThat(KeyCommand.read(List.of("show", "acme-de", "orders/create", "k", "--actor=alice")))
                .isEqualTo(new KeyCommand("show", new Whose("acme-de", "alice", "orders", "create", "k"), 0, "", ""));
        assertThat(KeyCommand.read(List.of(
                        "reconcile",
                        "acme-de",
                        "orders",
                        "k",
                        "--status=201",
                        "--location=/o/1",
                        "--reason=seen in the books")))
                .isEqualTo(new KeyCommand(
                        "reconcile", new Whose("acme-de", "", "orders", "", "k"), 201, "/o/1", "seen in the books"));
    }

    @Test
    void saysWhatIsMissing() {
        says("--reason", "release", "acme-de", "orders", "k");
        says("--status", "reconcile", "acme-de", "orders", "k", "--reason=x");
        says("--status", "reconcile", "acme-de", "orders", "k", "--reason=x", "--status=600");
        says("at most 2000", "release", "acme-de", "orders", "k", "--reason=" + "x".repeat(2_001));
        says("what to do", "forget", "acme-de", "orders", "k");
        says("what to do", "show", "acme-de", "orders");
        says("--colour=red", "show", "acme-de", "orders", "k", "--colour=red");
    }

    private static void says(String what, String... words) {
        assertThatThrownBy(() -> KeyCommand.read(List.of(words)))
                .isInstanceOf(KeyCommand.Invalid.class)
                .hasMessageContaining(what)
                .hasMessageContaining("key show TENANT");
    }
}
