// SPDX-License-Identifier: Apache-2.0
package io.lintel.store.postgresql.internal;

import static org.junit.jupiter.api.Assertions.fail;

import io.lintel.mqtt.server.internal.FreePort;
import io.lintel.store.jdbc.StoreSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.postgresql.Driver;

/**
 * A throw-away PostgreSQL server for the tests of this JVM, made with the programs of Debian's package postgresql and
 * gone with the JVM. The server refuses to run as root, so root runs it as the package's user.
 */
final class Cluster {
    private static final Path PROGRAMS = Path.of("/usr/lib/postgresql");
    private static final AtomicInteger SCHEMAS = new AtomicInteger();
    private static Cluster running;

    private final Path bin;
    private final Path directory;
    private final int port;
    private Process server;

    private Cluster(Path bin, Path directory, int port) {
        this.bin = bin;
        this.directory = directory;
        this.port = port;
    }

    static synchronized Cluster running() {
        if (running == null) {
            try {
                Cluster cluster = new Cluster(programs(), Files.createTempDirectory("lintel-postgresql"), FreePort.next());
                Runtime.getRuntime().addShutdownHook(new Thread(cluster::remove));
                cluster.create();
                cluster.start();
                running = cluster;
            } catch (IOException | InterruptedException e) {
                throw new AssertionError("the PostgreSQL server for the tests did not start", e);
            }
        }
        return running;
    }

    private static Path programs() throws IOException {
        if (Files.isDirectory(PROGRAMS)) {
            try (Stream<Path> versions = Files.list(PROGRAMS)) {
                List<Path> found = versions.map(version -> version.resolve("bin"))
                        .filter(bin -> Files.exists(bin.resolve("initdb"))).sorted(Comparator.reverseOrder()).toList();
                if (!found.isEmpty()) {
                    return found.get(0);
                }
            }
        }
        return fail("no PostgreSQL server programs below " + PROGRAMS + ": install the Debian package postgresql");
    }

    private static boolean isRoot() {
        return "root".equals(System.getProperty("user.name"));
    }

    private Process run(String... command) throws IOException {
        List<String> all = new ArrayList<>();
        if (isRoot()) {
            all.addAll(List.of("setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"));
        }
        all.addAll(List.of(command));
        return new ProcessBuilder(all).directory(directory.toFile()).redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile())).start();
    }

    private Path log() {
        return directory.resolve("log");
    }

    private void create() throws IOException, InterruptedException {
        if (isRoot()) {
            Files.setOwner(directory,
                    directory.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName("postgres"));
        }
        Process initdb = run(bin.resolve("initdb").toString(), "-D", data(), "-A", "trust", "-U", "lintel", "-E", "UTF8",
                "--locale=C", "-N");
        if (initdb.waitFor() != 0) {
            fail("initdb failed: " + Files.readString(log()));
        }
    }

    private String data() {
        return directory.resolve("data").toString();
    }

    void start() throws IOException {
        server = run(bin.resolve("postgres").toString(), "-D", data(), "-p", Integer.toString(port),
                "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=" + directory);
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (!answers()) {
            if (!server.isAlive() || System.nanoTime() > until) {
                fail("the PostgreSQL server did not start: " + Files.readString(log()));
            }
            Thread.onSpinWait();
        }
    }

    private boolean answers() {
        try (Connection connection = connect()) {
            return connection.isValid(5);
        } catch (SQLException e) {
            return false;
        }
    }

    /** As a loss of power would end it. */
    void kill() throws InterruptedException {
        Stream<ProcessHandle> children = server.descendants();
        List<ProcessHandle> all = children.toList();
        server.destroyForcibly().waitFor();
        all.forEach(ProcessHandle::destroyForcibly);
        all.forEach(process -> process.onExit().join());
    }

    private void remove() {
        try {
            if (server != null) {
                run(bin.resolve("pg_ctl").toString(), "stop", "-D", data(), "-m", "immediate", "-w").waitFor();
            }
            try (Stream<Path> files = Files.walk(directory)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.deleteIfExists(file);
                }
            }
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException("the PostgreSQL server for the tests was not removed", e);
        }
    }

    String url() {
        return "jdbc:postgresql://127.0.0.1:" + port + "/postgres";
    }

    private Connection connect() throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("user", "lintel");
        return new Driver().connect(url(), properties);
    }

    /** A schema that no other test has. */
    PostgresqlSettings freshSchema() {
        return new PostgresqlSettings(url(), "lintel", "", "test_" + SCHEMAS.incrementAndGet());
    }

    PostgresqlStore open(PostgresqlSettings schema, StoreSettings settings) {
        return new PostgresqlStore(schema, settings);
    }

    /** Runs SQL on a connection of its own; the number in the first column of the first row, if it is a query. */
    long number(PostgresqlSettings schema, String sql) {
        try (Connection connection = connect(); Statement statement = connection.createStatement()) {
            statement.execute("SET search_path = " + schema.schema());
            if (!statement.execute(sql)) {
                return 0;
            }
            try (ResultSet result = statement.getResultSet()) {
                result.next();
                return result.getLong(1);
            }
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }
}
