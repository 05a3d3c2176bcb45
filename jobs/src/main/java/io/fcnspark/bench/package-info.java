/** Measures engines side by side. Knows engines by their interface alone. */
package io.fcnspark.bench;
