package io.fcnspark.engine;

import java.util.List;
import java.util.stream.Stream;

class EngineParityTest extends EngineParity {
    @Override
    protected List<EngineProvider> engines() {
        return Stream.of("onednn", "onnxruntime")
                .map(name -> Engines.installed().named(name))
                .toList();
    }
}
