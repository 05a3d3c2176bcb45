/** The engine {@code onednn}: oneDNN through JavaCPP. Nothing outside this package touches either. */
package io.fcnspark.engine.onednn;
