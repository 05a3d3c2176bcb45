package io.fcnspark.jobs;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * An HTTP proxy on loopback, in front of an S3 server, that treats each request as a script says: passes it on unchanged, keeps
 * it waiting, or does to it what networks and storages do in a bad night. It takes one request a connection.
 */
final class FaultyProxy implements AutoCloseable {
    /** Longer than the clients of the tests that stall are patient. */
    private static final Duration STALL = Duration.ofSeconds(8);

    /** What becomes of a request. */
    enum Treatment {
        PASS,
        /** Answered with 500, and not passed on. */
        INTERNAL_ERROR,
        /** Answered with 503, and not passed on. */
        SLOW_DOWN,
        /** Answered with 403, and not passed on. */
        DENY,
        /** The connection is reset before the request is passed on. */
        RESET,
        /** No answer for a while; not passed on. */
        STALL,
        /** Passed on; the connection is reset in the middle of the answer. */
        CUT_ANSWER,
        /** Passed on; the connection is reset before the answer. */
        LOSE_ANSWER
    }

    /**
     * A request.
     *
     * @param target path and query
     */
    record Request(String method, String target) {
        boolean isGetOf(String part) {
            return method.equals("GET") && target.contains(part);
        }

        /** Makes an object of a multipart upload: with the magic committer, the commit of one file. */
        boolean completesUpload() {
            return method.equals("POST") && target.contains("uploadId=");
        }
    }

    private final ServerSocket socket = new ServerSocket(0, 200, InetAddress.getLoopbackAddress());
    private final int server;
    private final ExecutorService threads = Executors.newCachedThreadPool(runnable -> {
        Thread thread = new Thread(runnable, "faulty-proxy");
        thread.setDaemon(true);
        return thread;
    });
    private volatile Function<Request, Treatment> script = request -> Treatment.PASS;

    /**
     * Starts a proxy that passes everything on.
     *
     * @param server port on loopback
     */
    FaultyProxy(int server) throws IOException {
        this.server = server;
        threads.execute(this::accept);
    }

    int port() {
        return socket.getLocalPort();
    }

    /** Treats requests from now on as {@code script} says, which may keep them waiting. */
    <T extends Function<Request, Treatment>> T follow(T newScript) {
        script = newScript;
        return newScript;
    }

    /** Passes everything on from now on. */
    void calm() {
        script = request -> Treatment.PASS;
    }

    /** Keeps the requests of a kind waiting, but for the first ones. */
    static final class Gate implements Function<Request, Treatment> {
        private static final Duration PATIENCE = Duration.ofMinutes(10);

        private final Predicate<Request> kind;
        private final AtomicInteger left;
        private final CountDownLatch reached = new CountDownLatch(1);
        private final CountDownLatch opened = new CountDownLatch(1);
        private volatile Treatment then = Treatment.PASS;

        Gate(int letThrough, Predicate<Request> kind) {
            this.kind = kind;
            this.left = new AtomicInteger(letThrough);
        }

        @Override
        public Treatment apply(Request request) {
            if (!kind.test(request) || left.getAndDecrement() > 0) {
                return Treatment.PASS;
            }
            reached.countDown();
            try {
                opened.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return Treatment.RESET;
            }
            return then;
        }

        /** Returns as soon as a request waits. */
        void await() throws InterruptedException {
            if (!reached.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                throw new IllegalStateException("no request came to the gate");
            }
        }

        /** Lets go of what waits, and of what comes. */
        void open(Treatment treatment) {
            then = treatment;
            opened.countDown();
        }
    }

    /** Faults by chance, for a while. */
    static final class Storm implements Function<Request, Treatment> {
        private final Random random;
        private final double share;
        private final int most;
        private final Map<Treatment, Integer> dealt = new ConcurrentHashMap<>();
        private int count;

        /**
         * @param share of the requests that get a fault
         * @param most faults until the storm is over
         */
        Storm(long seed, double share, int most) {
            this.random = new Random(seed);
            this.share = share;
            this.most = most;
        }

        @Override
        public synchronized Treatment apply(Request request) {
            List<Treatment> faults = faults(request);
            if (count == most || random.nextDouble() >= share) {
                return Treatment.PASS;
            }
            // Stalls cost seconds each.
            Treatment fault = faults.get(random.nextInt(faults.size()));
            if (fault == Treatment.STALL && dealt.getOrDefault(fault, 0) == 4) {
                return Treatment.PASS;
            }
            count++;
            dealt.merge(fault, 1, Integer::sum);
            return fault;
        }

        private static List<Treatment> faults(Request request) {
            // Whose answer is lost has been obeyed: S3 answers a repeated completion as it did the first, this server
            // does not.
            return request.completesUpload()
                    ? List.of(Treatment.INTERNAL_ERROR, Treatment.SLOW_DOWN, Treatment.RESET)
                    : List.of(
                            Treatment.INTERNAL_ERROR,
                            Treatment.SLOW_DOWN,
                            Treatment.RESET,
                            Treatment.STALL,
                            Treatment.CUT_ANSWER,
                            Treatment.LOSE_ANSWER);
        }

        /** How often each fault has been dealt. */
        Map<Treatment, Integer> dealt() {
            return dealt;
        }

        @Override
        public String toString() {
            return dealt.entrySet().stream()
                    .sorted(Map.Entry.comparingByKey())
                    .map(entry ->
                            entry.getValue() + " x " + entry.getKey().name().toLowerCase(Locale.ROOT))
                    .collect(Collectors.joining(", "));
        }
    }

    private void accept() {
        while (!socket.isClosed()) {
            try {
                Socket client = socket.accept();
                threads.execute(() -> serve(client));
            } catch (IOException e) {
                // Closed.
                return;
            }
        }
    }

    private void serve(Socket client) {
        try (client) {
            InputStream in = new BufferedInputStream(client.getInputStream());
            List<String> head = head(in);
            if (head.isEmpty()) {
                return;
            }
            if (head.stream().anyMatch(line -> line.toLowerCase(Locale.ROOT).startsWith("expect:"))) {
                client.getOutputStream().write(ascii("HTTP/1.1 100 Continue\r\n\r\n"));
            }
            byte[] body = in.readNBytes(length(head));
            String[] first = head.get(0).split(" ");
            Request request = new Request(first[0], first[1]);
            treat(request, head, body, client);
        } catch (IOException e) {
            // The client or the server is gone, which is what these tests are about; the other side notices.
        }
    }

    private void treat(Request request, List<String> head, byte[] body, Socket client) throws IOException {
        switch (script.apply(request)) {
            case PASS -> forward(head, body, client.getOutputStream());
            case INTERNAL_ERROR -> refuse(request, client, "500 Internal Server Error", "InternalError");
            case SLOW_DOWN -> refuse(request, client, "503 Slow Down", "SlowDown");
            case DENY -> refuse(request, client, "403 Forbidden", "AccessDenied");
            case RESET -> reset(client);
            case STALL -> {
                pause();
                reset(client);
            }
            case CUT_ANSWER -> {
                byte[] answer = answer(head, body);
                client.getOutputStream().write(answer, 0, answer.length * 3 / 4);
                client.getOutputStream().flush();
                reset(client);
            }
            case LOSE_ANSWER -> {
                answer(head, body);
                reset(client);
            }
        }
    }

    private byte[] answer(List<String> head, byte[] body) throws IOException {
        ByteArrayOutputStream answer = new ByteArrayOutputStream();
        forward(head, body, answer);
        return answer.toByteArray();
    }

    private void forward(List<String> head, byte[] body, OutputStream answer) throws IOException {
        try (Socket upstream = new Socket(InetAddress.getLoopbackAddress(), server)) {
            StringBuilder text = new StringBuilder();
            for (String line : head) {
                String name = line.toLowerCase(Locale.ROOT);
                if (!name.startsWith("expect:") && !name.startsWith("connection:")) {
                    text.append(line).append("\r\n");
                }
            }
            text.append("Connection: close\r\n\r\n");
            OutputStream out = upstream.getOutputStream();
            out.write(ascii(text.toString()));
            out.write(body);
            out.flush();
            upstream.getInputStream().transferTo(answer);
            answer.flush();
        }
    }

    private static void refuse(Request request, Socket client, String status, String code) throws IOException {
        byte[] body = ascii(
                "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Error><Code>%s</Code><Message>a fault of the test</Message></Error>"
                        .formatted(code));
        OutputStream out = client.getOutputStream();
        out.write(
                ascii("HTTP/1.1 %s\r\nContent-Type: application/xml\r\nContent-Length: %d\r\nConnection: close\r\n\r\n"
                        .formatted(status, body.length)));
        if (!request.method().equals("HEAD")) {
            out.write(body);
        }
        out.flush();
    }

    private static void reset(Socket client) throws IOException {
        client.setSoLinger(true, 0);
        client.close();
    }

    private static void pause() {
        try {
            Thread.sleep(STALL.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Request line and headers; empty if the client has nothing to ask. */
    private static List<String> head(InputStream in) throws IOException {
        StringBuilder text = new StringBuilder();
        while (text.length() < 4 || !text.substring(text.length() - 4).equals("\r\n\r\n")) {
            int c = in.read();
            if (c < 0) {
                if (text.isEmpty()) {
                    return List.of();
                }
                throw new EOFException("half a request");
            }
            text.append((char) c);
        }
        return text.toString().lines().filter(line -> !line.isEmpty()).toList();
    }

    private static int length(List<String> head) {
        return head.stream()
                .filter(line -> line.toLowerCase(Locale.ROOT).startsWith("content-length:"))
                .mapToInt(line ->
                        Integer.parseInt(line.substring(line.indexOf(':') + 1).strip()))
                .findFirst()
                .orElse(0);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    @Override
    public void close() throws IOException {
        socket.close();
        threads.shutdownNow();
    }
}
