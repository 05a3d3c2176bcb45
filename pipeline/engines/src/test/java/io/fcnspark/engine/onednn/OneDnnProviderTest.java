package io.fcnspark.engine.onednn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.fcnspark.engine.Device;
import io.fcnspark.engine.EngineChoice;
import io.fcnspark.engine.EngineException;
import io.fcnspark.engine.EngineRequest;
import io.fcnspark.engine.Engines;
import io.fcnspark.engine.Precision;
import io.fcnspark.engine.Segmenter;
import io.fcnspark.engine.TinyModels;
import io.fcnspark.engine.TinyModels.Upsampling;
import io.fcnspark.network.Geometry;
import io.fcnspark.network.Variant;
import io.fcnspark.weights.Model;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class OneDnnProviderTest {
    @BeforeEach
    void needsTheLibrary() {
        assumeThat(new OneDnnProvider().unavailable(Device.CPU, Precision.FP32))
                .as("oneDNN runs here")
                .isEmpty();
    }

    @Test
    void bf16IsOfferedWhereTheKernelSaysThatTheProcessorHasIt() throws IOException {
        String processor = Files.readString(Path.of("/proc/cpuinfo"));
        boolean native16 = processor.contains(" amx_bf16") || processor.contains(" avx512_bf16");
        assertThat(new OneDnnProvider().unavailable(Device.CPU, Precision.BF16).isEmpty())
                .isEqualTo(native16);
        EngineChoice choice = Engines.installed().choose(EngineRequest.of("auto", "cpu", "auto"));
        assertThat(choice.reason())
                .startsWith(native16 ? "onednn on cpu in bf16" : choice.engine().name() + " on cpu in fp32");
        assertThat(Engines.installed()
                        .choose(EngineRequest.of("auto", "cpu", "fp32"))
                        .engine()
                        .name())
                .isEqualTo(processor.contains(" avx512f") ? "onednn" : "onnxruntime");
    }

    @Test
    void whatItCannotDoIsRefusedWithTheReason() {
        OneDnnProvider engine = new OneDnnProvider();
        assertThat(engine.unavailable(Device.gpu(0), Precision.FP32))
                .hasValueSatisfying(reason -> assertThat(reason).contains("the device cpu"));
        Model model = TinyModels.model(Variant.FCN_32S, Geometry.SAME, Upsampling.BILINEAR);
        assertThatThrownBy(() -> Segmenter.load(model, engine, Device.CPU, Precision.FP16, 1))
                .isInstanceOf(EngineException.class)
                .hasMessageContaining("engine onednn cannot run on cpu in fp16");
    }
}
