/** Labelled images as one page that needs nothing else: numbers, charts, pictures. */
package io.fcnspark.report;
