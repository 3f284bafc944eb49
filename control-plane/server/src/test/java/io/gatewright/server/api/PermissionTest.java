package io.gatewright.server.api;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class PermissionTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                GET    | /v1/documents/org            | viewer, editor, approver or auditor
                GET    | /v1/revisions/3/diff         | viewer, editor, approver or auditor
                GET    | /v1/proposals/3              | viewer, editor, approver or auditor
                POST   | /v1/preview                  | viewer, editor, approver or auditor
                GET    | /v1/audit/export             | auditor
                HEAD   | /v1/audit/export             | auditor
                PUT    | /v1/documents/org/acme       | editor
                DELETE | /v1/settings/global/x        | editor
                POST   | /v1/changesets               | editor
                POST   | /v1/revisions/3/rollback     | editor
                POST   | /v1/syncs                    | editor
                POST   | /v1/proposals/3/approve      | approver
                POST   | /v1/proposals/3/reject       | approver
                POST   | /v1/proposals/3/withdraw     | editor
                POST   | /v1/proposals/3/approve/more | editor
                GET    | /v1/events                   | viewer, editor, approver or auditor
                GET    | /v1/consumers/board/parked   | viewer, editor, approver or auditor
                POST   | /v1/consumers/board/replay   | editor
                POST   | /v1/consumers/board/discard  | approver
                GET    | /v1/idempotency/t/m/r/k      | viewer, editor, approver or auditor
                POST   | /v1/idempotency/t/m/k/release     | approver
                POST   | /v1/idempotency/t/m/r/k/reconcile | approver
                POST   | /v1/whatever/comes/later     | editor
                """)
    void namesTheRolesForEachRequest(String method, String path, String roles) {
        assertThat(Permission.of(method, path).wanted()).isEqualTo(roles);
    }

    @Test
    void aLineBreakInAPathMakesNoDifference() {
        assertThat(Permission.of("GET", "/v1/audit/a\nb").wanted()).isEqualTo("auditor");
        assertThat(Permission.of("GET", "/v1/documents/org/a\nb").wanted())
                .isEqualTo("viewer, editor, approver or auditor");
        assertThat(Permission.of("POST", "/v1/idempotency/t/m/a\nb/release").wanted())
                .isEqualTo("approver");
        assertThat(Permission.of("PUT", "/v1/documents/org/a\nb").wanted()).isEqualTo("editor");
    }
}
