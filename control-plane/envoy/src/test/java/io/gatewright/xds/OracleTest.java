package io.gatewright.xds;

import static io.gatewright.xds.ResourceType.CLUSTER;
import static io.gatewright.xds.ResourceType.ENDPOINT;
import static io.gatewright.xds.ResourceType.LISTENER;
import static io.gatewright.xds.ResourceType.ROUTE;
import static io.gatewright.xds.ResourceType.SECRET;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The same conversations with our server and with java-control-plane's, on the five types that it has, in both variants. What each
 * answers to a step is compared as one line per type: the names, and a minus before what is gone. Where the two differ, the line
 * of each is said, with the reason.
 */
class OracleTest {
    private static final ResourceType[] TYPES = {CLUSTER, ENDPOINT, LISTENER, ROUTE, SECRET};
    /** Answers to one step at most, as it may never end. */
    private static final int MOST = 8;

    private Harness ours;
    private Oracle theirs;
    private FakeEnvoy client;
    private FakeEnvoy theirClient;

    @BeforeEach
    void start() throws Exception {
        ours = new Harness();
        theirs = new Oracle();
        client = ours.envoy();
        theirClient = theirs.envoy();
    }

    @AfterEach
    void stop() {
        client.close();
        theirClient.close();
        ours.close();
        theirs.close();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void agreeOnWildcardsNamesChangesAndAcknowledgements(boolean stateOfTheWorld) {
        connect(stateOfTheWorld);
        both(envoy -> {}, "");

        publish(Samples.listener("a", "v2"));
        both(envoy -> {}, stateOfTheWorld ? "LISTENER a b" : "LISTENER a");
        remove(LISTENER, "b");
        both(envoy -> {}, stateOfTheWorld ? "LISTENER -b a" : "LISTENER -b");

        publish(Samples.endpoint("a", "v2"), Samples.route("b", "v2"), Samples.secret("a", "v2"));
        // A state-of-the-world response about names may leave out those that did not change; ours does.
        each(
                envoy -> {},
                "ENDPOINT a, ROUTE b, SECRET a",
                stateOfTheWorld ? "ENDPOINT a b, ROUTE a b, SECRET a b" : "ENDPOINT a, ROUTE b, SECRET a");
        publish(Samples.cluster("a", "v2"));
        // The cluster warms until it hears of its endpoints, for which an Envoy does not ask again.
        each(
                envoy -> {},
                stateOfTheWorld ? "CLUSTER a b, ENDPOINT a" : "CLUSTER a, ENDPOINT a",
                stateOfTheWorld ? "CLUSTER a b" : "CLUSTER a");
        agree();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void agreeOnUnsubscriptionAndItsEnd(boolean stateOfTheWorld) {
        connect(stateOfTheWorld);
        both(envoy -> envoy.unsubscribe(ROUTE, "b"), "");
        publish(Samples.route("b", "v2"));
        // It sends what is left of the names whenever the type has changed, be it another name.
        each(envoy -> {}, "", stateOfTheWorld ? "ROUTE a" : "");
        each(envoy -> envoy.subscribe(ROUTE, "b"), "ROUTE b", stateOfTheWorld ? "ROUTE a b" : "ROUTE b");
        both(envoy -> envoy.subscribe(ROUTE, "a"), stateOfTheWorld ? "" : "ROUTE a");
        agree();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void agreeOnListenersByName(boolean stateOfTheWorld) {
        speak(stateOfTheWorld);
        publish(everything());
        // Its delta takes names of listeners and clusters for a wildcard.
        each(
                envoy -> envoy.subscribe(LISTENER, "a").connect(LISTENER),
                "LISTENER a",
                stateOfTheWorld ? "LISTENER a" : "LISTENER a b");
        publish(Samples.listener("b", "v2"));
        each(envoy -> {}, "", stateOfTheWorld ? "LISTENER a" : "LISTENER b");
        publish(Samples.listener("a", "v2"));
        both(envoy -> {}, "LISTENER a");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void differOnAReconnectWhereOnlyOursSendsNoMoreThanWhatChangedAndTellsWhatIsGone(boolean stateOfTheWorld) {
        connect(stateOfTheWorld);
        String names = "ENDPOINT a b, ROUTE a b, SECRET a b";
        each(
                OracleTest::reconnect,
                stateOfTheWorld ? names : "",
                stateOfTheWorld ? names : "CLUSTER a b, ENDPOINT a b, LISTENER a b, ROUTE a b, SECRET a b");

        both(FakeEnvoy::disconnect, "");
        publish(Samples.listener("a", "v2"));
        remove(CLUSTER, "b");
        each(
                OracleTest::reconnect,
                stateOfTheWorld
                        ? "CLUSTER -b a, ENDPOINT a b, LISTENER a b, ROUTE a b, SECRET a b"
                        : "CLUSTER -b, LISTENER a",
                stateOfTheWorld
                        ? "CLUSTER -b a, ENDPOINT a b, LISTENER a b, ROUTE a b, SECRET a b"
                        : "CLUSTER a, ENDPOINT a b, LISTENER a b, ROUTE a b, SECRET a b");
        assertThat(client.live(CLUSTER)).containsOnlyKeys("a");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void differOnARejectionWhichOursNeverRepeats(boolean stateOfTheWorld) {
        connect(stateOfTheWorld);
        String set = stateOfTheWorld ? "LISTENER a b" : "LISTENER a";
        publish(Samples.listener("a", "bad"));
        each(envoy -> {}, set, stateOfTheWorld ? String.join(", ", Collections.nCopies(MOST, set)) : set);
        if (!stateOfTheWorld) {
            both(envoy -> {}, "");
        }
        publish(Samples.listener("a", "v2"));
        each(envoy -> {}, set, stateOfTheWorld ? set + ", " + set : set);
        agree();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void differOnAMissingNameForWhichOursNeverHoldsUpTheOthers(boolean stateOfTheWorld) {
        connect(stateOfTheWorld);
        // Its delta leaves the client waiting; so does every state-of-the-world server.
        each(envoy -> envoy.subscribe(ENDPOINT, "c"), stateOfTheWorld ? "" : "ENDPOINT -c", "");
        publish(Samples.endpoint("a", "v2"));
        each(envoy -> {}, "ENDPOINT a", stateOfTheWorld ? "" : "ENDPOINT a");
        publish(Samples.endpoint("c", "v1"));
        each(envoy -> {}, "ENDPOINT c", stateOfTheWorld ? "" : "ENDPOINT c");
        assertThat(client.live(ENDPOINT)).containsKeys("a", "b", "c");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void differOnAnEmptySetOfWhichOursTellsTheDeltaClientToo(boolean stateOfTheWorld) {
        speak(stateOfTheWorld);
        publish();
        Consumer<FakeEnvoy> connect = envoy -> envoy.connect(CLUSTER, LISTENER);
        each(connect, "CLUSTER, LISTENER", "");
    }

    private void connect(boolean stateOfTheWorld) {
        speak(stateOfTheWorld);
        publish(everything());
        both(
                envoy -> {
                    for (ResourceType type : List.of(ENDPOINT, ROUTE, SECRET)) {
                        envoy.subscribe(type, "a", "b");
                    }
                    envoy.connect(TYPES);
                },
                "CLUSTER a b, ENDPOINT a b, LISTENER a b, ROUTE a b, SECRET a b");
        agree();
    }

    private void speak(boolean stateOfTheWorld) {
        if (stateOfTheWorld) {
            client.stateOfTheWorld();
            theirClient.stateOfTheWorld();
        }
    }

    private static void reconnect(FakeEnvoy envoy) {
        envoy.disconnect();
        envoy.connect(TYPES);
    }

    private static Resource[] everything() {
        List<Resource> all = new ArrayList<>();
        for (ResourceType type : TYPES) {
            all.add(Samples.of(type, "a", "v1"));
            all.add(Samples.of(type, "b", "v1"));
        }
        return all.toArray(new Resource[0]);
    }

    private void publish(Resource... resources) {
        ours.put(resources);
        theirs.update(List.of(resources), List.of());
    }

    private void remove(ResourceType type, String name) {
        ours.remove(type, name);
        theirs.update(List.of(), List.of(new ResourceKey(type, name)));
    }

    private void both(Consumer<FakeEnvoy> step, String answers) {
        each(step, answers, answers);
    }

    private void each(Consumer<FakeEnvoy> step, String ourAnswers, String theirAnswers) {
        assertThat(answers(client, step)).as("ours").isEqualTo(ourAnswers);
        assertThat(answers(theirClient, step)).as("java-control-plane's").isEqualTo(theirAnswers);
    }

    /** Both clients have the same. */
    private void agree() {
        for (ResourceType type : TYPES) {
            assertThat(client.live(type)).as("%s", type).isEqualTo(theirClient.live(type));
        }
    }

    private static String answers(FakeEnvoy envoy, Consumer<FakeEnvoy> step) {
        envoy.forgetTaken();
        step.accept(envoy);
        int steps = 0;
        while (envoy.isOpen() && steps < MOST && envoy.step()) {
            steps++;
        }
        List<String> lines = new ArrayList<>();
        for (ResourceType type : TYPES) {
            List<List<String>> responses = envoy.taken(type);
            if (type == SECRET && responses.size() > 1) {
                // Ours sends secrets one by one: a client may stop at the first bad one and not say which it was.
                responses = List.of(responses.stream().flatMap(List::stream).toList());
            }
            responses.forEach(names -> lines.add((type + " " + String.join(" ", new TreeSet<>(names))).strip()));
        }
        return String.join(", ", lines);
    }
}
