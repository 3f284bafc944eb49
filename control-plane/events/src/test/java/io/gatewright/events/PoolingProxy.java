package io.gatewright.events;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingDeque;

/**
 * Lends Postgres sessions to clients for a transaction each, as PgBouncer does in its transaction mode: what arrives for a
 * session that nobody has borrowed reaches nobody.
 */
final class PoolingProxy implements AutoCloseable {
    private static final int READY = 'Z';

    private final ServerSocket server;
    private final URI target;
    private final LinkedBlockingDeque<Session> idle = new LinkedBlockingDeque<>();
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();

    /** A session of Postgres, past its startup. */
    private record Session(Socket socket, DataInputStream in, DataOutputStream out) {}

    PoolingProxy(String jdbcUrl) {
        target = URI.create(jdbcUrl.substring("jdbc:".length()));
        try {
            server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.ofVirtual().start(this::accept);
    }

    String jdbcUrl() {
        return "jdbc:postgresql://127.0.0.1:" + server.getLocalPort() + target.getPath();
    }

    private void accept() {
        try {
            while (true) {
                Socket client = server.accept();
                sockets.add(client);
                Thread.ofVirtual().start(() -> serve(client));
            }
        } catch (IOException e) {
            return; // closed
        }
    }

    private void serve(Socket client) {
        try (client) {
            DataInputStream in = new DataInputStream(client.getInputStream());
            DataOutputStream out = new DataOutputStream(client.getOutputStream());
            start(in, out);
            Session borrowed = null;
            while (true) {
                int type = in.read();
                if (type < 0 || type == 'X') {
                    return;
                }
                borrowed = borrowed == null ? idle.takeLast() : borrowed;
                forward(type, in, borrowed.out());
                borrowed.out().flush();
                if (type == 'S' || type == 'Q') {
                    boolean free = answer(borrowed, out);
                    if (free) {
                        idle.putLast(borrowed);
                        borrowed = null;
                    }
                }
            }
        } catch (IOException e) {
            return; // client or server have gone
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Opens a session for the client's startup packet, passes its greeting on and puts it into the pool. */
    private void start(DataInputStream in, DataOutputStream out) throws IOException, InterruptedException {
        Socket socket = new Socket(target.getHost(), target.getPort());
        sockets.add(socket);
        Session session = new Session(
                socket, new DataInputStream(socket.getInputStream()), new DataOutputStream(socket.getOutputStream()));
        int length = in.readInt();
        session.out().writeInt(length);
        session.out().write(in.readNBytes(length - 4));
        session.out().flush();
        while (true) {
            int type = session.in().read();
            int size = session.in().readInt();
            byte[] body = session.in().readNBytes(size - 4);
            out.writeByte(type);
            out.writeInt(size);
            out.write(body);
            out.flush();
            if (type == READY) {
                idle.putLast(session);
                return;
            }
            if (type == 'R' && body[3] != 0 && body[3] != 12) { // asks for a password, in as many steps as it takes
                forward(in.read(), in, session.out());
                session.out().flush();
            }
        }
    }

    /** Passes messages on until the server waits again; true when no transaction is open then. */
    private static boolean answer(Session session, DataOutputStream out) throws IOException {
        while (true) {
            int type = session.in().read();
            int size = session.in().readInt();
            byte[] body = session.in().readNBytes(size - 4);
            if (type != 'A') { // what was notified while the session was idle went to nobody
                out.writeByte(type);
                out.writeInt(size);
                out.write(body);
            }
            if (type == READY) {
                out.flush();
                return body[0] == 'I';
            }
        }
    }

    private static void forward(int type, DataInputStream from, DataOutputStream to) throws IOException {
        int size = from.readInt();
        to.writeByte(type);
        to.writeInt(size);
        to.write(from.readNBytes(size - 4));
    }

    @Override
    public void close() {
        try {
            server.close();
            for (Socket socket : sockets) {
                socket.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
