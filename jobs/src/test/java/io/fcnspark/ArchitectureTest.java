package io.fcnspark;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Holds the table of packages: what each may use, and where the libraries of others may appear. */
@AnalyzeClasses(
        packages = "io.fcnspark",
        importOptions = {ImportOption.DoNotIncludeTests.class, ArchitectureTest.NoTestJars.class})
class ArchitectureTest {
    /** Fixtures of the modules below. */
    static final class NoTestJars implements ImportOption {
        @Override
        public boolean includes(Location location) {
            return !location.contains("-tests.jar");
        }
    }

    private static final String ROOT = "io.fcnspark";

    /** What a package may use of the others. A package that is not here may not exist. The command line may use all. */
    private static final Map<String, Set<String>> MAY_USE = Map.ofEntries(
            Map.entry("errors", Set.of()),
            Map.entry("image", Set.of("image.webp")),
            Map.entry("image.webp", Set.of()),
            Map.entry("labels", Set.of("image")),
            Map.entry("network", Set.of()),
            Map.entry("metrics", Set.of("labels")),
            Map.entry("shards", Set.of("image")),
            Map.entry("weights", Set.of("errors", "network", "labels", "image")),
            Map.entry("weights.formats", Set.of("errors", "weights", "network", "labels", "image")),
            Map.entry("onnx", Set.of("network", "weights")),
            Map.entry("exports", Set.of("image", "labels")),
            Map.entry("report", Set.of("metrics", "labels", "image")),
            Map.entry("engine", Set.of("errors", "network", "weights", "image", "labels")),
            Map.entry("quantise", Set.of("engine", "image", "labels", "metrics", "network", "weights")),
            Map.entry("labelling", Set.of("errors", "engine", "image", "labels", "metrics", "shards", "weights")),
            Map.entry("scenes", Set.of("image", "labels", "weights")),
            Map.entry("engine.onednn", Set.of("engine", "network", "weights")),
            Map.entry("engine.onnxruntime", Set.of("engine", "network", "onnx", "weights")),
            Map.entry("engine.dl4j", Set.of("engine", "network", "weights")),
            Map.entry("spark.scheduling", Set.of()),
            Map.entry("spark.storage", Set.of("errors", "image", "labelling", "shards")),
            Map.entry("spark.tables", Set.of("errors", "metrics", "spark.storage")),
            Map.entry(
                    "spark.listing",
                    Set.of("errors", "image", "labelling", "labels", "shards", "spark.storage", "spark.tables")),
            Map.entry("spark.model", Set.of("engine", "errors", "labels", "weights", "spark.storage")),
            Map.entry("spark.functions", Set.of("image", "labelling", "labels", "metrics")),
            Map.entry(
                    "spark.label",
                    Set.of(
                            "engine",
                            "errors",
                            "image",
                            "labelling",
                            "labels",
                            "metrics",
                            "weights",
                            "spark.listing",
                            "spark.model",
                            "spark.scheduling",
                            "spark.storage",
                            "spark.tables")),
            Map.entry(
                    "spark.evaluate",
                    Set.of(
                            "errors",
                            "image",
                            "labelling",
                            "labels",
                            "metrics",
                            "spark.listing",
                            "spark.scheduling",
                            "spark.storage",
                            "spark.tables")),
            Map.entry(
                    "spark.export",
                    Set.of(
                            "errors",
                            "exports",
                            "image",
                            "labelling",
                            "labels",
                            "spark.model",
                            "spark.scheduling",
                            "spark.storage",
                            "spark.tables")),
            Map.entry(
                    "spark.quantise",
                    Set.of(
                            "engine",
                            "errors",
                            "image",
                            "labelling",
                            "labels",
                            "quantise",
                            "weights",
                            "spark.listing",
                            "spark.model",
                            "spark.storage")),
            Map.entry(
                    "spark.pack",
                    Set.of(
                            "errors",
                            "image",
                            "labelling",
                            "labels",
                            "shards",
                            "spark.listing",
                            "spark.scheduling",
                            "spark.storage",
                            "spark.tables")),
            Map.entry(
                    "spark.report",
                    Set.of(
                            "errors",
                            "image",
                            "labelling",
                            "labels",
                            "metrics",
                            "report",
                            "spark.evaluate",
                            "spark.functions",
                            "spark.listing",
                            "spark.model",
                            "spark.scheduling",
                            "spark.storage",
                            "spark.tables")),
            Map.entry(
                    "spark",
                    Set.of(
                            "spark.evaluate",
                            "spark.export",
                            "spark.label",
                            "spark.pack",
                            "spark.quantise",
                            "spark.report")),
            Map.entry(
                    "training",
                    Set.of("engine", "engine.dl4j", "errors", "network", "weights", "image", "labels", "metrics")),
            Map.entry(
                    "spark.finetune",
                    Set.of(
                            "engine",
                            "errors",
                            "image",
                            "labelling",
                            "labels",
                            "metrics",
                            "network",
                            "training",
                            "weights",
                            "spark.listing",
                            "spark.model",
                            "spark.scheduling",
                            "spark.storage",
                            "spark.tables")),
            Map.entry("bench", Set.of("engine", "network", "weights", "image", "labels")));

    private static final Set<String> COMMAND_LINE = Set.of("jobs");

    @ArchTest
    static void everyPackageIsInTheTable(JavaClasses classes) {
        Set<String> packages = classes.stream()
                .map(JavaClass::getPackageName)
                .filter(name -> name.startsWith(ROOT + "."))
                .map(name -> name.substring(ROOT.length() + 1))
                .collect(Collectors.toCollection(TreeSet::new));
        packages.removeAll(COMMAND_LINE);
        assertThat(packages).isEqualTo(MAY_USE.keySet());
    }

    @ArchTest
    static void packagesUseOnlyWhatTheTableAllows(JavaClasses classes) {
        new TreeMap<>(MAY_USE).forEach((name, allowed) -> {
            String[] packages = allowed.stream().map(ArchitectureTest::full).toArray(String[]::new);
            noClasses()
                    .that()
                    .resideInAPackage(full(name))
                    .should()
                    .dependOnClassesThat(resideInAPackage(ROOT + "..")
                            .and(DescribedPredicate.not(resideInAPackage(full(name))))
                            .and(DescribedPredicate.not(resideInAnyPackage(packages)))
                            .as("reside in packages other than %s", allowed))
                    .allowEmptyShould(true)
                    .check(classes);
        });
    }

    @ArchTest
    static final ArchRule noCycles = slices().matching(ROOT + ".(**)").should().beFreeOfCycles();

    @ArchTest
    static void noTwoFilesDependOnEachOther(JavaClasses classes) {
        Map<String, Set<String>> uses = new TreeMap<>();
        for (JavaClass type : classes) {
            Set<String> used = uses.computeIfAbsent(file(type), name -> new TreeSet<>());
            type.getDirectDependenciesFromSelf().stream()
                    .map(dependency -> dependency.getTargetClass().getBaseComponentType())
                    .filter(target -> target.getPackageName().startsWith(ROOT))
                    .map(ArchitectureTest::file)
                    .forEach(used::add);
        }
        List<String> pairs = uses.entrySet().stream()
                .flatMap(entry -> entry.getValue().stream()
                        .filter(other -> entry.getKey().compareTo(other) < 0)
                        .filter(other -> uses.getOrDefault(other, Set.of()).contains(entry.getKey()))
                        .map(other -> entry.getKey() + " and " + other))
                .toList();
        assertThat(pairs).as("classes that cannot be read one before the other").isEmpty();
    }

    /** The class that has the name of the file. */
    private static String file(JavaClass type) {
        String name = type.getName();
        int nested = name.indexOf('$');
        return nested < 0 ? name : name.substring(0, nested);
    }

    @ArchTest
    static final ArchRule sparkOnlyInItsPackages = noClasses()
            .that()
            .resideOutsideOfPackages(ROOT + ".spark..", ROOT + ".training..", ROOT + ".jobs..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.apache.spark..", "org.apache.hadoop..", "scala..");

    @ArchTest
    static final ArchRule tarArchivesOnlyInShards = noClasses()
            .that()
            .resideOutsideOfPackage(ROOT + ".shards..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.apache.commons.compress.archivers.tar..");

    @ArchTest
    static final ArchRule onnxRuntimeOnlyInItsAdapter = noClasses()
            .that()
            .resideOutsideOfPackage(ROOT + ".engine.onnxruntime..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("ai.onnxruntime..");

    @ArchTest
    static final ArchRule dl4jOnlyInItsAdapterAndTraining = noClasses()
            .that()
            .resideOutsideOfPackages(ROOT + ".engine.dl4j..", ROOT + ".training..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.nd4j..", "org.deeplearning4j..");

    @ArchTest
    static final ArchRule javacppOnlyInAdapters = noClasses()
            .that()
            .resideOutsideOfPackages(ROOT + ".engine.dl4j..", ROOT + ".engine.onednn..", ROOT + ".training..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.bytedeco..");

    @ArchTest
    static final ArchRule noGetPrefix = methods()
            .that()
            .arePublic()
            .and(areOurOwn())
            .should(notBeNamedLikeBeans())
            .because("a thing is named for what it is");

    @ArchTest
    static final ArchRule noBooleanParameters = methods()
            .that()
            .arePublic()
            .and()
            .areDeclaredInClassesThat()
            .arePublic()
            .and(areOurOwn())
            .should(takeNoBoolean())
            .because("a call such as f(true) tells a reader nothing: give the choice a name");

    @ArchTest
    static final ArchRule actionsComeFromTheirEntry = noClasses()
            .that()
            .doNotHaveFullyQualifiedName(ROOT + ".spark.FcnActions")
            .should()
            .callMethodWhere(DescribedPredicate.describe(
                    "begins an action that FcnActions has a method for",
                    call -> call.getTarget().getName().equals("on")
                            && call.getTargetOwner()
                                    .getPackageName()
                                    .matches("io\\.fcnspark\\.spark\\.(?!finetune).*")));

    private static String full(String name) {
        return ROOT + "." + name;
    }

    /** Not given by a supertype of somebody else, and written by hand. */
    private static DescribedPredicate<JavaMethod> areOurOwn() {
        return DescribedPredicate.describe(
                "are our own",
                method -> !method.getModifiers().contains(JavaModifier.SYNTHETIC)
                        && method.getOwner().getAllRawSuperclasses().stream().noneMatch(type -> declares(type, method))
                        && method.getOwner().getAllRawInterfaces().stream().noneMatch(type -> declares(type, method)));
    }

    private static boolean declares(JavaClass type, JavaMethod method) {
        return !type.getPackageName().startsWith(ROOT)
                && type.getMethods().stream()
                        .anyMatch(other -> other.getName().equals(method.getName())
                                && other.getRawParameterTypes().size()
                                        == method.getRawParameterTypes().size());
    }

    private static ArchCondition<JavaMethod> notBeNamedLikeBeans() {
        return new ArchCondition<>("have no name that begins with get") {
            @Override
            public void check(JavaMethod method, ConditionEvents events) {
                if (method.getName().matches("get([A-Z].*)?")) {
                    events.add(SimpleConditionEvent.violated(method, method.getFullName()));
                }
            }
        };
    }

    private static ArchCondition<JavaMethod> takeNoBoolean() {
        return new ArchCondition<>("take no boolean") {
            @Override
            public void check(JavaMethod method, ConditionEvents events) {
                if (method.getRawParameterTypes().stream()
                        .anyMatch(type -> type.isEquivalentTo(boolean.class) || type.isEquivalentTo(Boolean.class))) {
                    events.add(SimpleConditionEvent.violated(method, method.getFullName()));
                }
            }
        };
    }
}
