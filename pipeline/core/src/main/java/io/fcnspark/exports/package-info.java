/**
 * Masks in the formats of annotation tools. A {@link io.fcnspark.exports.LabelFormat} says what files and what parts of
 * documents an image gives, and how documents are put together of parts; who reads masks and writes files is elsewhere.
 */
package io.fcnspark.exports;
