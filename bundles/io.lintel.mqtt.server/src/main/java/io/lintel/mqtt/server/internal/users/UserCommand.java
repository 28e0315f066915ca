// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.internal.users;

import java.io.BufferedReader;
import java.io.Console;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

/**
 * {@code lintel user add|remove|list}: looks after the MQTT users' file. A process of its own, started by the start script
 * beside a node or without one; the node sees the changed file by itself. The password is asked for at a terminal, and
 * read as one line from anything else.
 */
public final class UserCommand {
    private static final int WRONG_ARGUMENTS = 2;
    private static final int FAILED = 1;

    private final Path file;
    private final PrintStream out;

    private UserCommand(Path file, PrintStream out) {
        this.file = file;
        this.out = out;
    }

    /** A sentence for whoever typed the command, and the exit status. */
    private static final class RefusedException extends Exception {
        private static final long serialVersionUID = 1L;
        private final int status;

        RefusedException(int status, String message) {
            super(message);
            this.status = status;
        }
    }

    /** @param arguments the users' file, then what to do */
    public static void main(String[] arguments) {
        try {
            new UserCommand(Path.of(arguments[0]), System.out).run(Arrays.copyOfRange(arguments, 1, arguments.length));
        } catch (RefusedException e) {
            System.err.println("lintel: " + e.getMessage());
            System.exit(e.status);
        } catch (IOException e) {
            System.err.println("lintel: " + e);
            System.exit(FAILED);
        }
    }

    private void run(String[] arguments) throws IOException, RefusedException {
        String what = arguments.length == 0 ? "" : arguments[0];
        if (what.equals("list") && arguments.length == 1) {
            list();
        } else if (what.equals("add") && arguments.length == 2) {
            add(arguments[1]);
        } else if (what.equals("remove") && arguments.length == 2) {
            remove(arguments[1]);
        } else {
            throw new RefusedException(WRONG_ARGUMENTS, "usage: lintel user add NAME | remove NAME | list [--home DIR]");
        }
    }

    private void list() throws IOException {
        UserFile users = UserFile.read(file);
        users.users().keySet().forEach(out::println);
        users.faults().forEach(fault -> System.err.println("lintel: " + file + ": " + fault));
    }

    private void add(String name) throws IOException, RefusedException {
        Optional<String> unfit = UserFile.unfit(name);
        if (unfit.isPresent()) {
            throw new RefusedException(WRONG_ARGUMENTS, unfit.get());
        }
        byte[] password = password(name);
        UserFile users = UserFile.read(file);
        boolean known = users.users().containsKey(name);
        users.put(name, PasswordHash.of(password));
        users.write(file);
        out.println(known ? "user " + name + " has a new password" : "user " + name + " added");
    }

    private void remove(String name) throws IOException, RefusedException {
        UserFile users = UserFile.read(file);
        if (!users.remove(name)) {
            throw new RefusedException(FAILED, "there is no user " + name);
        }
        users.write(file);
        out.println("user " + name + " removed; a connection that is open stays until it is closed");
    }

    private static byte[] password(String name) throws IOException, RefusedException {
        Console console = System.console();
        String password;
        if (console == null) {
            String line = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)).readLine();
            password = line == null ? "" : line;
        } else {
            password = typed(console, "Password of " + name + ": ");
            if (!password.equals(typed(console, "Once more: "))) {
                throw new RefusedException(FAILED, "the two are not the same");
            }
        }
        if (password.isEmpty()) {
            throw new RefusedException(WRONG_ARGUMENTS, "a user without password would be open to everybody");
        }
        return password.getBytes(StandardCharsets.UTF_8);
    }

    private static String typed(Console console, String prompt) {
        char[] typed = console.readPassword("%s", prompt);
        return typed == null ? "" : new String(typed);
    }
}
