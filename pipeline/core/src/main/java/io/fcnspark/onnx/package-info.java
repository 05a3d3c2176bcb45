/** Networks as ONNX graphs, and the protocol buffers that they are written in. */
package io.fcnspark.onnx;
