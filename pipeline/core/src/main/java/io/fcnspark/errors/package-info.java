/** What went wrong, and who can put it right. */
package io.fcnspark.errors;
