package io.fcnspark.weights.formats;

import io.fcnspark.weights.ModelException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Set;

/**
 * The FCNs for PASCAL VOC that pytorch-fcn (wkentaro) converted from the authors' and publishes with their MD5: their geometry
 * is Caffe's, and so is what they were trained to see. Any other network may have the same names and shapes.
 */
final class PublishedFcns {
    private static final Set<String> MD5 = Set.of(
            "8acf386d722dc3484625964cbe2aba49", // fcn32s_from_caffe.pth
            "991ea45d30d632a01e5ec48002cac617", // fcn16s_from_caffe.pth
            "dbd9bbb3829a3184913bccc74373afbb", // fcn8s_from_caffe.pth
            "bfed4437e941fef58932891217fe6464"); // fcn8s-atonce_from_caffe.pth

    private PublishedFcns() {}

    /** Whether a file is one of them. */
    static boolean contains(Path file) {
        return contains(md5(file));
    }

    static boolean contains(String md5) {
        return MD5.contains(md5);
    }

    private static String md5(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            MessageDigest digest = MessageDigest.getInstance("MD5");
            new DigestInputStream(in, digest).transferTo(OutputStream.nullOutputStream());
            return HexFormat.of().formatHex(digest.digest());
        } catch (IOException e) {
            throw new ModelException("%s: cannot be read (%s); check its permissions".formatted(file, e), e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has MD5", e);
        }
    }
}
