/** WebP in plain Java: the container, lossy pictures (VP8), and lossless ones (VP8L). */
package io.fcnspark.image.webp;
