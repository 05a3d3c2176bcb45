package io.fcnspark.jobs;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Stands before a server and lets each request wait, as distance would: what a client sends after it has been answered comes to
 * the server a while later. Answers are not held up, so bandwidth stays what it is.
 */
final class DelayingProxy implements AutoCloseable {
    private static final int BUFFER = 1 << 16;

    private final ServerSocket listener;
    private final int serverPort;
    private final Duration delay;
    private final ExecutorService threads = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "delaying-proxy");
        thread.setDaemon(true);
        return thread;
    });
    private final AtomicLong requests = new AtomicLong();

    DelayingProxy(int serverPort, Duration delay) throws IOException {
        this.serverPort = serverPort;
        this.delay = delay;
        this.listener = new ServerSocket(0, 256, InetAddress.getLoopbackAddress());
        threads.execute(this::accept);
    }

    int port() {
        return listener.getLocalPort();
    }

    /** How many requests were held up so far. */
    long requests() {
        return requests.get();
    }

    private void accept() {
        try {
            while (true) {
                Socket client = listener.accept();
                Socket server = new Socket(InetAddress.getLoopbackAddress(), serverPort);
                client.setTcpNoDelay(true);
                server.setTcpNoDelay(true);
                Connection connection = new Connection(client, server);
                threads.execute(connection::forward);
                threads.execute(connection::back);
            }
        } catch (IOException e) {
            // Closed.
        }
    }

    private final class Connection {
        private final Socket client;
        private final Socket server;

        /** At first, and after an answer: what the client sends next is a request. */
        private volatile boolean answered = true;

        Connection(Socket client, Socket server) {
            this.client = client;
            this.server = server;
        }

        void forward() {
            try (client;
                    server) {
                InputStream in = client.getInputStream();
                OutputStream out = server.getOutputStream();
                byte[] buffer = new byte[BUFFER];
                for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                    if (answered) {
                        answered = false;
                        requests.incrementAndGet();
                        Thread.sleep(delay.toMillis());
                    }
                    out.write(buffer, 0, count);
                }
            } catch (IOException e) {
                // One of both has gone; so does the other.
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        void back() {
            try (client;
                    server) {
                InputStream in = server.getInputStream();
                OutputStream out = client.getOutputStream();
                byte[] buffer = new byte[BUFFER];
                for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                    answered = true;
                    out.write(buffer, 0, count);
                }
            } catch (IOException e) {
                // One of both has gone; so does the other.
            }
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
        threads.shutdownNow();
    }
}
