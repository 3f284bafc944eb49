package io.gatewright.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PreviewTest {
    private static final String PREVIEW = "POST /v1/preview";

    @TempDir
    Path directory;

    private final FakeControlPlane plane;

    PreviewTest() throws Exception {
        plane = new FakeControlPlane();
    }

    @AfterEach
    void stop() {
        plane.close();
    }

    @Test
    void asksForDocumentsAndRequests() throws Exception {
        plane.on(PREVIEW, 200, "{'revision':3}");
        Path file = Files.writeString(directory.resolve("change.yaml"), "kind: org\nid: acme\nbody: null\n");

        plane.run(
                "preview",
                "-f",
                file.toString(),
                "--request",
                "POST https://a.example/x?y=1",
                "-H",
                "X-A: 1",
                "-H",
                "X-A:2",
                "--as",
                "acme-de",
                "--body-bytes",
                "7",
                "--listener",
                "edge",
                "--limit",
                "9");

        assertThat(plane.last().body())
                .hasToString(
                        "{\"changes\":[{\"kind\":\"org\",\"id\":\"acme\",\"body\":null}],\"limit\":9,\"requests\":["
                                + "{\"method\":\"POST\",\"url\":\"https://a.example/x?y=1\",\"headers\":{\"X-A\":[\"1\",\"2\"]},"
                                + "\"as\":\"acme-de\",\"bodyBytes\":7,\"listener\":\"edge\"}]}");
        plane.run("preview", "--rollback", "41");
        assertThat(plane.last().body()).hasToString("{\"rollback\":41,\"requests\":[]}");
    }

    @Test
    void printsWhatChangesForWhomAndWhatRequestsGet() {
        plane.on(
                PREVIEW,
                200,
                "{'revision':3,'documents':{'count':3,'list':[{'kind':'org','id':'a','old':null,'new':{'name':'A'}},{'kind':'setting','id':'global/k','old':{'value':1},'new':null}]},"
                        + "'tenants':7,'values':{'count':1,'list':[{'key':'k','where':'module=m','before':1,'after':2,'count':7,'examples':['x','y']}]},"
                        + "'gateways':[{'gateway':'envoy','nodes':['e1'],'resources':{'count':1,'list':[{'type':'scoped-route','name':'tenant/x','change':'changed','bytesBefore':5,'bytesAfter':6,'difference':['-a','+b']}]}},"
                        + "{'gateway':'kong','nodes':[],'resources':{'count':2,'list':[{'type':'consumers','name':'x','change':'removed'}]}}],"
                        + "'warnings':{'count':1,'list':[{'type':'limit-off','message':'m','count':1,'examples':['x']}]},"
                        + "'requests':[{'method':'GET','host':'h','path':'/p','differs':true,'before':{'status':200,'reason':'ok','tenant':'x','limit':{'requests':5,'period':'PT1M','counter':'tenant=x'},'correlation':'made'},'after':{'status':401,'problem':'token-required','reason':'no','correlation':'kept'}}]}");

        assertThat(plane.run("preview", "--rollback", "1", "--diff").out()).isEqualTo("""
                        on top of revision 3; nothing is stored

                        documents: 3, the first 2 of them
                          create org/a {"name":"A"}
                          remove setting/global/k 1

                        values that change, for 7 tenants at most: 1
                          KEY  WHERE     NOW  THEN  FOR
                          k    module=m  1    2     x, y and 5 more

                        envoy resources that change (1 connected): 1
                          changed scoped-route tenant/x, 5 → 6 bytes
                            -a
                            +b

                        kong resources that change (none is connected): 2, the first 1 of them
                          removed consumers x

                        warnings: 1
                          limit-off: m (x)

                        GET h/p
                          now:  200, ok; tenant x; limit 5 in PT1M of tenant=x; correlation id made
                          then: 401 token-required, no; correlation id kept
                        """);
    }

    @Test
    void refusesWhatIsNoRequest() {
        for (String[] words : new String[][] {
            {"preview", "--rollback", "1", "--request", "https://a.example"},
            {"preview", "--rollback", "1", "--request", "GET https://a.example", "-H", "nothing"},
            {"preview", "--rollback", "1", "--as", "acme"},
            {"preview", "--rollback", "x"},
            {"preview", "--rollback", "1", "-f", "x"},
            {"preview"}
        }) {
            assertThat(plane.run(words).code()).as(String.join(" ", words)).isEqualTo(2);
        }
        assertThat(plane.lines()).isEmpty();
    }
}
