package io.fcnspark.spark.storage;

import io.fcnspark.errors.BadInputException;
import java.util.List;
import java.util.regex.Pattern;

/** Checks URIs before anything prints or stores them. */
public final class StorageUris {
    /** A scheme, then {@code USER:PASSWORD@}. A user alone is none: {@code abfs://CONTAINER@ACCOUNT} has one. */
    private static final Pattern CREDENTIALS = Pattern.compile("([a-zA-Z][a-zA-Z0-9+.-]*://)[^/]*:.*@(.*)");

    private StorageUris() {}

    /**
     * Requires that no URI has a password in it: it would end in logs, in messages and in the column {@code image}.
     *
     * @throws BadInputException that does not repeat the password
     */
    public static void requireNoCredentials(List<String> uris) {
        for (String uri : uris) {
            var matcher = CREDENTIALS.matcher(uri);
            if (matcher.matches()) {
                throw new BadInputException(
                        "%s***@%s: credentials in a URI would end in logs and tables. Give them in the environment (for S3 AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY), in a profile, or by the machine's role"
                                .formatted(matcher.group(1), matcher.group(2)));
            }
        }
    }
}
