/** From the bytes of an image file to pixels in the orientation that a viewer shows, and to what a network takes. */
package io.fcnspark.image;
