package io.gatewright.envoybootstrap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

final class BootstrapTest {
    @Test
    void fillsEveryPlaceholder() {
        String yaml = new Bootstrap("edge-1", "fleet", "control.example", 18000, 9901).yaml();

        assertThat(yaml)
                .contains("id: edge-1")
                .contains("cluster: fleet")
                .contains("address: \"control.example\", port_value: 18000")
                .contains("address: 127.0.0.1, port_value: 9901")
                .doesNotContain("${node", "${xds", "${admin");
    }

    @Test
    void refusesNamesThatWouldChangeTheFile() {
        assertThatThrownBy(() -> new Bootstrap("a\nadmin: {}", "fleet", "127.0.0.1", 1, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("cannot stand in a bootstrap");
    }
}
