/** ONNX Runtime as an engine, and networks as ONNX graphs. The only package with types of that library. */
package io.fcnspark.engine.onnxruntime;
