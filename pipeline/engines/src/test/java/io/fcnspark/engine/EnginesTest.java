package io.fcnspark.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fcnspark.network.Fcn;
import io.fcnspark.network.Geometry;
import io.fcnspark.network.Variant;
import io.fcnspark.weights.ModelDescription;
import io.fcnspark.weights.ModelException;
import io.fcnspark.weights.Weights;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class EnginesTest {
    private static final ModelDescription MODEL = TinyModels.model(
                    Variant.FCN_8S, Geometry.SAME, TinyModels.Upsampling.BILINEAR)
            .description();

    private final EngineProvider slow = new Fake("slow", 1, "cpu fp32", "cpu bf16");
    private final EngineProvider quick = new Fake("quick", 2, "cpu fp32");
    private final EngineProvider graphics = new Fake("graphics", 0, "gpu:0 fp32", "gpu:0 fp16");

    @Test
    void automaticTakesThePreferredEngineAndSaysWhatElseWasLookedFor() {
        EngineChoice choice = new Engines(List.of(slow, quick)).choose(request("auto", "auto", "auto"), MODEL);
        assertThat(choice.engine().name()).isEqualTo("quick");
        assertThat(choice.device()).isEqualTo(Device.CPU);
        assertThat(choice.precision()).isEqualTo(Precision.FP32);
        assertThat(choice.reason())
                .startsWith("quick on cpu in fp32")
                .contains("quick on gpu:0 in bf16: no gpu:0 bf16", "quick on cpu in bf16: no cpu bf16");
    }

    @Test
    void automaticTakesAGpuFirstThenThePrecisionThatTheProcessorHas() {
        assertThat(new Engines(List.of(slow, quick, graphics))
                        .choose(request("auto", "auto", "auto"), MODEL)
                        .engine())
                .isSameAs(graphics);
        assertThat(new Engines(List.of(slow))
                        .choose(request("auto", "auto", "auto"), MODEL)
                        .precision())
                .as("an engine that does not measure")
                .isEqualTo(Precision.FP32);
    }

    @Test
    void automaticTakesThePrecisionThatIsMeasuredToBeTheQuickestAndSaysByHowMuch() {
        EngineChoice amx = choice(Map.of(Precision.FP32, 150.0, Precision.BF16, 600.0));
        assertThat(amx.precision()).isEqualTo(Precision.BF16);
        assertThat(amx.reason()).contains("fp32 150 GFLOP/s, which bf16 is 4.00 times as quick as; bf16 600 GFLOP/s");
        EngineChoice emulated = choice(Map.of(Precision.FP32, 200.0, Precision.BF16, 100.0));
        assertThat(emulated.precision()).isEqualTo(Precision.FP32);
        assertThat(emulated.reason()).contains("bf16 100 GFLOP/s, which fp32 is 2.00 times as quick as");
    }

    @Test
    void automaticStaysExactWhereThatCostsNextToNothing() {
        assertThat(choice(Map.of(Precision.FP32, 96.0, Precision.BF16, 100.0)).precision())
                .isEqualTo(Precision.FP32);
        assertThat(choice(Map.of(Precision.FP32, 94.0, Precision.BF16, 100.0)).precision())
                .isEqualTo(Precision.BF16);
    }

    @Test
    void int8IsForQuantisedModelsAndIsTakenThereWhereItIsQuicker() {
        ModelDescription quantised = TinyModels.quantised(
                        Variant.FCN_8S, TinyModels.BACKBONE, Geometry.SAME, TinyModels.Upsampling.BILINEAR)
                .description();
        Engines engines = new Engines(List.of(new Measuring(
                new Fake("measuring", 1, "cpu fp32", "cpu int8"),
                Map.of(Precision.FP32, 100.0, Precision.INT8, 400.0))));
        EngineChoice choice = engines.choose(request("auto", "cpu", "auto"), quantised);
        assertThat(choice.precision()).isEqualTo(Precision.INT8);
        assertThat(choice.reason()).contains("fp32 100 GFLOP/s, which int8 is 4.00 times as quick as");
        assertThat(engines.choose(request("auto", "cpu", "auto"), MODEL).precision())
                .isEqualTo(Precision.FP32);
        assertThatThrownBy(() -> engines.choose(request("auto", "cpu", "int8"), MODEL))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("tiny@0123456789ab is not quantised")
                .hasMessageContaining("fcn quantise");
        assertThatThrownBy(() -> new Engines(List.of(quick)).choose(request("quick", "cpu", "int8"), quantised))
                .isInstanceOf(EngineException.class)
                .hasMessageContaining("no cpu int8");
    }

    private static EngineChoice choice(Map<Precision, Double> speeds) {
        EngineProvider engine = new Measuring(new Fake("measuring", 1, "cpu fp32", "cpu bf16"), speeds);
        return new Engines(List.of(engine)).choose(request("auto", "auto", "auto"), MODEL);
    }

    /** An engine that says how quick it is. */
    private record Measuring(EngineProvider engine, Map<Precision, Double> measured) implements EngineProvider {
        @Override
        public String name() {
            return engine.name();
        }

        @Override
        public int preference() {
            return engine.preference();
        }

        @Override
        public Optional<String> unavailable(Device device, Precision precision) {
            return engine.unavailable(device, precision);
        }

        @Override
        public Map<Precision, Double> speeds(Device device, Fcn network, Set<Precision> precisions) {
            assertThat(precisions).isEqualTo(measured.keySet());
            return measured;
        }

        @Override
        public NetworkRunner load(Fcn network, Weights weights, RunnerOptions options) {
            return engine.load(network, weights, options);
        }
    }

    @Test
    void whatIsAskedForIsTakenOrRefusedWithTheReasonOfEachEngine() {
        Engines engines = new Engines(List.of(slow, quick));
        assertThat(engines.choose(request("slow", "cpu", "fp32"), MODEL).engine())
                .isSameAs(slow);
        assertThat(engines.choose(request("auto", "cpu", "bf16"), MODEL).engine())
                .isSameAs(slow);
        assertThatThrownBy(() -> engines.choose(request("auto", "gpu", "fp32"), MODEL))
                .isInstanceOf(EngineException.class)
                .hasMessageContaining("slow on gpu:0 in fp32: no gpu:0 fp32")
                .hasMessageContaining("quick on gpu:0 in fp32: no gpu:0 fp32");
    }

    @Test
    void unknownNamesAreAnsweredWithTheKnownOnes() {
        assertThatThrownBy(() -> new Engines(List.of(slow, quick)).choose(request("quik", "auto", "auto"), MODEL))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("unknown engine 'quik': installed are quick, slow");
        assertThatThrownBy(() -> request("auto", "tpu", "auto"))
                .hasMessage("unknown device 'tpu': expected one of cpu, gpu, gpu:N");
        assertThatThrownBy(() -> request("auto", "auto", "int4"))
                .hasMessage("unknown precision 'int4': expected one of fp32, bf16, fp16, int8");
    }

    @Test
    void onnxRuntimeIsInstalledAndRunsOnTheCpuInFp32Only() {
        EngineProvider engine = Engines.installed().named("onnxruntime");
        assertThat(engine.unavailable(Device.CPU, Precision.FP32)).isEmpty();
        assertThat(engine.unavailable(Device.CPU, Precision.BF16))
                .hasValueSatisfying(reason -> assertThat(reason).contains("fp32"));
        assertThat(engine.unavailable(Device.gpu(0), Precision.FP32)).hasValueSatisfying(reason -> assertThat(reason)
                .contains("CUDA execution provider", "onnxruntime_gpu"));
    }

    private static EngineRequest request(String engine, String device, String precision) {
        return EngineRequest.of(engine, device, precision);
    }

    /** An engine that can run what it is told it can, for instance {@code cpu fp32}. */
    private record Fake(String name, int preference, String... able) implements EngineProvider {
        @Override
        public Optional<String> unavailable(Device device, Precision precision) {
            String wanted = device + " " + precision.id();
            return Arrays.asList(able).contains(wanted) ? Optional.empty() : Optional.of("no " + wanted);
        }

        @Override
        public NetworkRunner load(Fcn network, Weights weights, RunnerOptions options) {
            throw new AssertionError("only the choice is under test");
        }
    }
}
