package io.gatewright.demo;

import io.gatewright.envoybootstrap.EnvoyUnavailable;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;

/** {@code ./gatewright demo [--once]}: the whole thing on this machine, playing a story. */
public final class Demo {
    private Demo() {}

    public static void main(String[] args) throws InterruptedException, IOException, ExecutionException {
        List<String> options = List.of(args);
        if (!options.isEmpty() && !options.equals(List.of("--once"))) {
            System.err.println("gatewright: demo takes only --once");
            System.exit(2);
        }
        Narrator narrator = new Narrator(System.out);
        System.out.println("Gatewright: one policy, live on a real gateway within milliseconds.");
        boolean good;
        try (Stage stage = Stage.set(narrator)) {
            good = new Story(stage, narrator).play();
            if (options.isEmpty()) {
                stayUp(stage);
            }
        } catch (EnvoyUnavailable e) {
            System.err.println("gatewright: " + e.getMessage());
            System.exit(1);
            return;
        }
        System.exit(good ? 0 : 1);
    }

    private static void stayUp(Stage stage) throws InterruptedException {
        String token =
                stage.issuer().token("you", Map.of("tenant_id", SampleRegistry.TENANT_A, "org_id", "frischwerk"));
        String url = stage.apiPort() == 8080 ? "" : "\n  export GATEWRIGHT_URL=http://127.0.0.1:" + stage.apiPort();
        System.out.printf(
                """

                It stays up. Try, in another terminal:

                  export GATEWRIGHT_TOKEN_FILE=%4$s%1$s
                  ./gatewright status frischwerk-de
                  ./gatewright set tenant=frischwerk-de rate-limit.requests 5 --reason "see it live"
                  ./gatewright explain frischwerk-de rate-limit.requests
                  ./gatewright gateways
                  curl -i -H "authorization: Bearer %3$s" http://127.0.0.1:%2$d/api/kundenmanagement/customers

                Ctrl-C ends it.
                """, url, stage.gatewayPort(), token, stage.plane().api().tokenFile());
        CountDownLatch ended = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(() -> {
            stage.close();
            ended.countDown();
        }));
        ended.await();
    }
}
