/** Synthetic street scenes with exact truth, for demonstrations, tests and a model that works out of the box. */
package io.fcnspark.scenes;
