/** Classes and their colours, the conventions in which data sets store labels, and masks with their encodings. */
package io.fcnspark.labels;
