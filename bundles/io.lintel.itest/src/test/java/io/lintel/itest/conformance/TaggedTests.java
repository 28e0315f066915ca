// SPDX-License-Identifier: Apache-2.0
package io.lintel.itest.conformance;

import com.sun.source.tree.AnnotationTree;
import com.sun.source.tree.AssignmentTree;
import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.LiteralTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.ModifiersTree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreeScanner;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/**
 * The JUnit tags in the sources of tests, read by the compiler's own parser: tests of other bundles are not on the class
 * path here, and text would not tell a tag from a comment about one.
 */
final class TaggedTests {
    private static final Set<String> TESTS = Set.of("Test", "ParameterizedTest", "RepeatedTest", "TestFactory", "FuzzTest");

    /**
     * A tag where it stands.
     *
     * @param bundle the folder below {@code bundles}
     * @param name   {@code Class.method}, or {@code Class} for a tag on a class
     * @param fault  why it shows nothing there; empty if it does
     */
    record Tagged(String tag, String bundle, String name, String fault) {
    }

    private TaggedTests() {
    }

    /** All tags in the Java sources below {@code bundles/}, by bundle and source. */
    static List<Tagged> below(Path bundles) throws IOException {
        List<Tagged> found = new ArrayList<>();
        for (Path bundle : children(bundles)) {
            List<Path> sources = new ArrayList<>();
            for (String folder : List.of("src/test/java", "src/main/java")) {
                sources.addAll(javaSources(bundle.resolve(folder)));
            }
            found.addAll(in(bundle.getFileName().toString(), sources));
        }
        return found;
    }

    /** The names of all tests and of the classes they are in, of every bundle. */
    static Set<String> names(Path bundles) throws IOException {
        List<Path> sources = new ArrayList<>();
        for (Path bundle : children(bundles)) {
            sources.addAll(javaSources(bundle.resolve("src/test/java")));
            sources.addAll(javaSources(bundle.resolve("src/main/java")));
        }
        List<String> names = new ArrayList<>();
        for (CompilationUnitTree unit : parse(sources.stream().filter(s -> text(s).contains("org.junit.jupiter")).toList())) {
            new Scanner() {
                @Override
                void declared(String name, ModifiersTree modifiers, boolean isClass) {
                    if (isClass || isTest(modifiers)) {
                        names.add(name);
                    }
                }
            }.scan(unit, null);
        }
        return Set.copyOf(names);
    }

    static List<Tagged> in(String bundle, List<Path> sources) throws IOException {
        List<Tagged> found = new ArrayList<>();
        for (CompilationUnitTree unit : parse(sources.stream().filter(s -> text(s).contains("@Tag")).toList())) {
            new Scanner() {
                @Override
                void declared(String name, ModifiersTree modifiers, boolean isClass) {
                    String fault = !isClass && !isTest(modifiers) ? "no test" : isDisabled(modifiers) ? "disabled" : "";
                    tags(modifiers.getAnnotations()).forEach(tag -> found.add(new Tagged(tag, bundle, name, fault)));
                }
            }.scan(unit, null);
        }
        return found;
    }

    private static boolean isTest(ModifiersTree modifiers) {
        return modifiers.getAnnotations().stream().anyMatch(a -> TESTS.contains(simpleName(a)));
    }

    private static boolean isDisabled(ModifiersTree modifiers) {
        return modifiers.getAnnotations().stream().anyMatch(a -> simpleName(a).startsWith("Disabled"));
    }

    private static List<String> tags(List<? extends AnnotationTree> annotations) {
        List<String> tags = new ArrayList<>();
        for (AnnotationTree annotation : annotations) {
            if (simpleName(annotation).equals("Tag") || simpleName(annotation).equals("Tags")) {
                new TreeScanner<Void, Void>() {
                    @Override
                    public Void visitLiteral(LiteralTree literal, Void none) {
                        tags.add(String.valueOf(literal.getValue()));
                        return null;
                    }

                    @Override
                    public Void visitAssignment(AssignmentTree assignment, Void none) {
                        return scan(assignment.getExpression(), none);
                    }
                }.scan(annotation.getArguments(), null);
            }
        }
        return tags;
    }

    private static String simpleName(AnnotationTree annotation) {
        String name = annotation.getAnnotationType().toString();
        return name.substring(name.lastIndexOf('.') + 1);
    }

    private static List<CompilationUnitTree> parse(List<Path> sources) throws IOException {
        List<CompilationUnitTree> units = new ArrayList<>();
        if (sources.isEmpty()) {
            return units;
        }
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
            JavacTask task = (JavacTask) compiler.getTask(null, files, null, List.of("-proc:none"), null,
                    files.getJavaFileObjectsFromPaths(sources));
            task.parse().forEach(units::add);
        }
        return units;
    }

    private static List<Path> children(Path folder) throws IOException {
        try (Stream<Path> found = Files.list(folder)) {
            return found.filter(Files::isDirectory).sorted().toList();
        }
    }

    private static List<Path> javaSources(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> found = Files.walk(folder)) {
            return found.filter(f -> f.toString().endsWith(".java")).sorted().collect(Collectors.toList());
        }
    }

    private static String text(Path source) {
        try {
            return Files.readString(source);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Visits classes and methods with their names; nested classes have those of the outer ones and a dollar in front. */
    private abstract static class Scanner extends TreeScanner<Void, Void> {
        private final Deque<String> classes = new ArrayDeque<>();

        abstract void declared(String name, ModifiersTree modifiers, boolean isClass);

        @Override
        public Void visitClass(ClassTree type, Void none) {
            String simple = type.getSimpleName().toString();
            String name = classes.isEmpty() ? simple : classes.peek() + "$" + simple;
            if (!simple.isEmpty()) {
                declared(name, type.getModifiers(), true);
            }
            classes.push(name);
            super.visitClass(type, none);
            classes.pop();
            return null;
        }

        @Override
        public Void visitMethod(MethodTree method, Void none) {
            declared(classes.peek() + "." + method.getName(), method.getModifiers(), false);
            return super.visitMethod(method, none);
        }
    }
}
