package io.gatewright.testkit;

import com.google.protobuf.ByteString;
import io.gatewright.pdk.wire.Frames;
import io.gatewright.testkit.Recording.Frame;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Says on each connection what the recorded server said, and keeps what Kong says. Connections are taken in order. */
final class RecordedServer implements AutoCloseable {
    private final Path socket;
    private final ServerSocketChannel listener;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    RecordedServer(Path directory) throws IOException {
        socket = directory.resolve("recorded.socket");
        listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        listener.bind(UnixDomainSocketAddress.of(socket));
    }

    Path socket() {
        return socket;
    }

    /** Plays the server's part on the next connection; gives the frames that Kong sent. */
    CompletableFuture<List<ByteString>> play(List<Frame> recorded) {
        return CompletableFuture.supplyAsync(
                () -> {
                    try (SocketChannel channel = listener.accept()) {
                        return play(new Frames(channel), recorded);
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                },
                threads);
    }

    private static List<ByteString> play(Frames frames, List<Frame> recorded) throws IOException {
        List<ByteString> heard = new ArrayList<>();
        for (Frame frame : recorded) {
            if (frame.kind().equals("closed")) {
                frames.flush();
                while (frames.read()) { // what Kong still says before it gives the connection up
                    heard.add(ByteString.copyFrom(frames.bytes()));
                }
            } else if (frame.isFromServer()) {
                frames.write(frame.payload().toByteArray());
            } else {
                frames.flush();
                if (frames.read()) {
                    heard.add(ByteString.copyFrom(frames.bytes()));
                }
            }
        }
        frames.flush();
        return heard;
    }

    static List<ByteString> heard(CompletableFuture<List<ByteString>> playing)
            throws InterruptedException, ExecutionException, TimeoutException {
        return playing.get(20, TimeUnit.SECONDS);
    }

    @Override
    public void close() throws IOException {
        listener.close();
        threads.close();
        Files.deleteIfExists(socket);
    }
}
