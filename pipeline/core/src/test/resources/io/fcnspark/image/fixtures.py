"""Writes one small picture in many encodings, and what Pillow shows of each.

    pip install numpy pillow
    python fixtures.py          (beside this file: the pictures, and expected.json)

expected.json: by file name, width, height, and the RGB bytes in base64, as
ImageOps.exif_transpose(image).convert("RGB") gives them; 16-bit files, which
Pillow cannot convert, are computed here.
"""

import base64
import io
import json
import os
import struct
import zlib

import numpy as np
from PIL import Image, ImageCms, ImageOps

HERE = os.path.dirname(os.path.abspath(__file__))
WIDTH, HEIGHT = 24, 17
expected = {}

y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
PICTURE = np.stack([x * 10, y * 14, 255 - x * 4 - y * 6], axis=-1).astype(np.uint8)
PICTURE[2:7, 3:9] = (250, 30, 20)  # no symmetry, so each orientation differs
RGB = Image.fromarray(PICTURE)
GREY = RGB.convert("L")
PALETTE = RGB.quantize(16)


def store(name, data, shown=None):
    with open(os.path.join(HERE, name), "wb") as f:
        f.write(data)
    if shown is None:
        image = Image.open(io.BytesIO(data))
        shown = np.asarray(ImageOps.exif_transpose(image).convert("RGB"))
    expected[name] = {
        "width": shown.shape[1],
        "height": shown.shape[0],
        "rgb": base64.b64encode(shown.astype(np.uint8).tobytes()).decode(),
    }


def save(name, image, shown=None, **options):
    out = io.BytesIO()
    image.save(out, **options)
    store(name, out.getvalue(), shown)


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(name, bits, colour_type, rows, extra=b"", shown=None):
    header = struct.pack(">IIBBBBB", WIDTH, HEIGHT, bits, colour_type, 0, 0, 0)
    raw = b"".join(b"\0" + row for row in rows)
    data = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + extra
    store(name, data + chunk(b"IDAT", zlib.compress(raw)) + chunk(b"IEND", b""), shown)


def packed(values, bits):
    per_byte = 8 // bits
    padded = np.pad(values, (0, -len(values) % per_byte))
    return bytes(
        sum(int(v) << (8 - bits * (k + 1)) for k, v in enumerate(padded[i : i + per_byte]))
        for i in range(0, len(padded), per_byte)
    )


def exif(orientation):
    tags = Image.Exif()
    tags[0x112] = orientation
    return tags


# JPEG
for orientation in range(1, 9):
    save(f"orientation-{orientation}.jpg", RGB, format="JPEG", quality=95, exif=exif(orientation))
save("grey.jpg", GREY, format="JPEG", quality=95)
save("444.jpg", RGB, format="JPEG", quality=95, subsampling=0)
save("progressive.jpg", RGB, format="JPEG", quality=95, progressive=True)
save("restarts.jpg", RGB, format="JPEG", quality=95, restart_marker_blocks=1)
save("profile.jpg", RGB, format="JPEG", quality=95, icc_profile=ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
save("cmyk.jpg", RGB.convert("CMYK"), format="JPEG", quality=95)

out = io.BytesIO()
RGB.save(out, format="JPEG", quality=95, subsampling=0)
plain = out.getvalue()
assert plain[2:4] == b"\xff\xe0"
store("no-jfif.jpg", plain[:2] + plain[4 + struct.unpack(">H", plain[4:6])[0] :])
thumbnail = exif(1).tobytes() + plain  # ends with an end marker
store("thumbnail.jpg", plain[:2] + b"\xff\xe1" + struct.pack(">H", len(thumbnail) + 2) + thumbnail + plain[2:])
store("trailing.jpg", plain + b"\xff\xd8 bytes of a second picture, cut short")

# YCCK: the four channels are Y, Cb, Cr of the inverted ink, and black; Adobe's segment says so.
ycc = np.asarray(RGB.convert("YCbCr")).astype(np.int32)
ycck = np.dstack([255 - ycc, np.full((HEIGHT, WIDTH), 40)]).astype(np.uint8)
out = io.BytesIO()
Image.frombytes("CMYK", (WIDTH, HEIGHT), ycck.tobytes()).save(out, format="JPEG", quality=95)
data = bytearray(out.getvalue())
data[data.index(b"Adobe") + 11] = 2
store("ycck.jpg", bytes(data))

# PNG
save("rgb.png", RGB, format="PNG")
save("grey.png", GREY, format="PNG")
save("grey-alpha.png", GREY.convert("LA"), format="PNG")
save("palette.png", PALETTE, format="PNG")
save("palette-transparent.png", PALETTE, format="PNG", transparency=3)
save("rgb-transparent.png", RGB, format="PNG", transparency=(250, 30, 20))
rgba = RGB.copy()
rgba.putalpha(Image.fromarray((x * 10).astype(np.uint8)))
save("rgba.png", rgba, format="PNG")
save("orientation-6.png", RGB, format="PNG", exif=exif(6))
for bits in (1, 2, 4):
    values = (x + 2 * y) % (1 << bits)
    shown = np.repeat((values * 255 // ((1 << bits) - 1))[..., None], 3, axis=2)
    png(f"grey-{bits}bit.png", bits, 0, [packed(row, bits) for row in values], shown=shown)
    colours = np.arange(3 << bits).reshape(-1, 3) * 5 % 256
    palette = chunk(b"PLTE", colours.astype(np.uint8).tobytes())
    png(f"palette-{bits}bit.png", bits, 3, [packed(row, bits) for row in values], palette, colours[values])
wide = (x * 2700 + y * 130).astype(">u2")
png("grey-16bit.png", 16, 0, [row.tobytes() for row in wide],
    shown=np.repeat(np.rint(wide.astype(float) / 257)[..., None], 3, axis=2))
wide = (PICTURE.astype(np.uint32) * 256 + 77).astype(">u2")
png("rgb-16bit.png", 16, 2, [row.tobytes() for row in wide], shown=np.rint(wide.astype(float) / 257))
png("broken-text.png", 8, 2, [row.tobytes() for row in PICTURE], chunk(b"zTXt", b"no text") + chunk(b"iCCP", b"none"), PICTURE)
png("gamma.png", 8, 0, [row.tobytes() for row in np.asarray(GREY)], chunk(b"gAMA", struct.pack(">I", 22000)))

# Others
save("rgb.bmp", RGB, format="BMP")
save("grey.bmp", GREY, format="BMP")
save("palette.bmp", PALETTE, format="BMP")
save("palette.gif", PALETTE, format="GIF")
frames = [Image.fromarray(np.roll(PICTURE, k, axis=1)).quantize(16) for k in (0, 5)]
save("animated.gif", frames[0], format="GIF", save_all=True, append_images=frames[1:])
save("rgb.tif", RGB, format="TIFF")
save("rgb-lzw.tif", RGB, format="TIFF", compression="tiff_lzw")
save("rgb-deflate.tif", RGB, format="TIFF", compression="tiff_adobe_deflate")
save("rgb-jpeg.tif", RGB, format="TIFF", compression="jpeg", quality=95)
save("rgba.tif", rgba, format="TIFF")
save("grey.tif", GREY, format="TIFF")
save("palette.tif", PALETTE, format="TIFF")
save("bilevel.tif", GREY.convert("1"), format="TIFF", compression="group4")
save("cmyk.tif", RGB.convert("CMYK"), format="TIFF")
wide = x * 2700 + y * 130
save("grey-16bit.tif", Image.fromarray(wide.astype(np.uint16)), format="TIFF",
     shown=np.repeat(np.rint(wide / 257)[..., None], 3, axis=2))
save("orientation-8.tif", RGB, format="TIFF", tiffinfo={0x112: 8})
save("lossless.webp", RGB, format="WEBP", lossless=True)
# Decoders differ in how they interpolate WebP's colour, which is stored at half size: no steep colours here.
smooth = np.stack([80 + x * 3, 80 + y * 3, 200 - x * 2 - y * 2], axis=-1).astype(np.uint8)
save("lossy.webp", Image.fromarray(smooth), format="WEBP", quality=95)
save("alpha.webp", rgba, format="WEBP", lossless=True, exact=True)
save("orientation-3.webp", RGB, format="WEBP", lossless=True, exif=exif(3))

with open(os.path.join(HERE, "expected.json"), "w") as f:
    json.dump(expected, f, indent=0)
    f.write("\n")
