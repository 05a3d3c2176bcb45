"""Writes one small picture in many encodings, and what Pillow shows of each.

    pip install numpy pillow
    python fixtures.py          (beside this file: the pictures, and expected.json)

expected.json: by file name, width, height, and the RGB bytes in base64, as
ImageOps.exif_transpose(image).convert("RGB") gives them; files that Pillow
cannot convert, such as TIFF of 12 bits, are computed here.
"""

import base64
import io
import json
import os
import struct
import zlib

import numpy as np
from PIL import Image, ImageOps

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


def foreign_profile():
    """A profile of wide primaries and gamma 1.0: whoever applies it changes every colour."""
    def fixed(*values):
        return b"".join(struct.pack(">i", round(v * 65536)) for v in values)
    xyz = b"XYZ \0\0\0\0"
    tags = {
        b"desc": b"desc\0\0\0\0" + struct.pack(">I", 5) + b"wide\0" + bytes(78),
        b"cprt": b"text\0\0\0\0none\0",
        b"wtpt": xyz + fixed(0.9642, 1.0, 0.8249),
        b"rXYZ": xyz + fixed(0.7977, 0.2880, 0.0),
        b"gXYZ": xyz + fixed(0.1352, 0.7119, 0.0),
        b"bXYZ": xyz + fixed(0.0313, 0.0001, 0.8249),
        b"rTRC": b"curv\0\0\0\0" + struct.pack(">IH", 1, 256),
        b"gTRC": b"curv\0\0\0\0" + struct.pack(">IH", 1, 256),
        b"bTRC": b"curv\0\0\0\0" + struct.pack(">IH", 1, 256),
    }
    table, data = struct.pack(">I", len(tags)), b""
    for name, value in tags.items():
        value += bytes(-len(value) % 4)
        table += name + struct.pack(">II", 132 + 12 * len(tags) + len(data), len(value))
        data += value
    size = 128 + len(table) + len(data)
    header = struct.pack(">I4xI4s4s4s", size, 0x02400000, b"mntr", b"RGB ", b"XYZ ")
    header += struct.pack(">6H", 2020, 1, 1, 0, 0, 0) + b"acsp" + bytes(28) + fixed(0.9642, 1.0, 0.8249)
    return header + bytes(128 - len(header)) + table + data


def tiff(name, samples, bits, photometric, shown, extra=None, order="<", big=False, floating=False, rows_per_strip=5):
    """A TIFF of packed samples, in strips; shown=None: none is expected."""
    height, width, channels = samples.shape
    strips = []
    for top in range(0, height, rows_per_strip):
        strip = b""
        for row in samples[top : top + rows_per_strip].reshape(-1, width * channels):
            if floating:
                strip += row.astype(order + "f4").tobytes()
            elif bits % 8 == 0:
                strip += row.astype(order + f"u{bits // 8}").tobytes()
            else:
                digits = "".join(f"{int(v):0{bits}b}" for v in row)
                digits += "0" * (-len(digits) % 8)
                strip += bytes(int(digits[i : i + 8], 2) for i in range(0, len(digits), 8))
        strips.append(strip)
    header = 16 if big else 8
    offsets, at = [], header
    for strip in strips:
        offsets.append(at)
        at += len(strip)
    long = (16, "Q") if big else (4, "I")
    short = (3, "H")
    tags = [
        (256, short, [width]), (257, short, [height]), (258, short, [bits] * channels), (259, short, [1]),
        (262, short, [photometric]), (273, long, offsets), (277, short, [channels]), (278, short, [rows_per_strip]),
        (279, long, [len(strip) for strip in strips]),
    ]
    if extra is not None:
        tags.append((338, short, [extra]))
    if floating:
        tags.append((339, short, [3] * channels))
    data = b"".join(strips)
    data += bytes(-len(data) % 8)
    entries, room = b"", 8 if big else 4
    for tag, (kind, code), values in tags:
        value = struct.pack(order + code * len(values), *values)
        if len(value) > room:
            where = header + len(data)
            data += value + bytes(-len(value) % 8)
            value = struct.pack(order + ("Q" if big else "I"), where)
        entries += struct.pack(order + ("HHQ" if big else "HHI"), tag, kind, len(values)) + value.ljust(room, b"\0")
    directory = header + len(data)
    mark = b"II" if order == "<" else b"MM"
    if big:
        start = mark + struct.pack(order + "HHHQ", 43, 8, 0, directory)
        data = start + data + struct.pack(order + "Q", len(tags)) + entries + bytes(8)
    else:
        start = mark + struct.pack(order + "HI", 42, directory)
        data = start + data + struct.pack(order + "H", len(tags)) + entries + bytes(4)
    if shown is None:
        with open(os.path.join(HERE, name), "wb") as f:
            f.write(data)
    else:
        store(name, data, np.broadcast_to(shown, (height, width, 3)))


def gif(name, indices, palette, code_bits, screen=None, place=(0, 0), transparent=None, interlaced=False):
    """A GIF of one frame with codes that stand for pixels only, cleared before they get longer."""
    height, width = indices.shape
    rows = list(range(height))
    if interlaced:
        rows = rows[0::8] + rows[4::8] + rows[2::4] + rows[1::2]
    clear, codes = 1 << code_bits, []
    for i, value in enumerate(indices[rows].reshape(-1)):
        if i % (clear - 2) == 0:
            codes.append(clear)
        codes.append(int(value))
    codes.append(clear + 1)
    number = sum(code << (k * (code_bits + 1)) for k, code in enumerate(codes))
    packed_codes = number.to_bytes((len(codes) * (code_bits + 1) + 7) // 8, "little")
    blocks = b"".join(bytes([len(b)]) + b for b in (packed_codes[i : i + 255] for i in range(0, len(packed_codes), 255)))
    table = palette.astype(np.uint8).tobytes().ljust(768, b"\0")
    sw, sh = screen or (width, height)
    data = b"GIF89a" + struct.pack("<HHBBB", sw, sh, 0xf7, 0, 0) + table
    if transparent is not None:
        data += b"!\xf9\x04" + struct.pack("<BHB", 1, 0, transparent) + b"\0"
    data += b"," + struct.pack("<HHHHB", *place, width, height, 0x40 if interlaced else 0)
    store(name, data + bytes([code_bits]) + blocks + b"\0;")


def raw_profile(kind, data):
    """Exif as ImageMagick puts it into a PNG's text."""
    digits = data.hex()
    return f"\n{kind}\n{len(data):8}\n".encode() + b"".join(
        digits[i : i + 72].encode() + b"\n" for i in range(0, len(digits), 72))


# JPEG
for orientation in range(1, 9):
    save(f"orientation-{orientation}.jpg", RGB, format="JPEG", quality=95, exif=exif(orientation))
save("grey.jpg", GREY, format="JPEG", quality=95)
save("444.jpg", RGB, format="JPEG", quality=95, subsampling=0)
save("progressive.jpg", RGB, format="JPEG", quality=95, progressive=True)
save("restarts.jpg", RGB, format="JPEG", quality=95, restart_marker_blocks=1)
save("profile.jpg", RGB, format="JPEG", quality=95, icc_profile=foreign_profile())
save("profile-grey.jpg", GREY, format="JPEG", quality=95, icc_profile=foreign_profile())
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
save("profile.png", RGB, format="PNG", icc_profile=foreign_profile())
rows = [row.tobytes() for row in PICTURE]
turned = np.rot90(PICTURE, 3)
data = exif(6).tobytes()
assert data.startswith(b"Exif\0\0")
png("exif-prefix.png", 8, 2, rows, chunk(b"eXIf", data), turned)
compressed = zlib.compress(raw_profile("exif", data))
png("exif-zTXt.png", 8, 2, rows, chunk(b"zTXt", b"Raw profile type exif\0\0" + compressed), turned)
png("exif-tEXt.png", 8, 2, rows, chunk(b"tEXt", b"Raw profile type APP1\0" + raw_profile("generic", data)), turned)
png("exif-iTXt.png", 8, 2, rows, chunk(b"iTXt", b"Raw profile type exif\0\1\0\0\0" + compressed), turned)
png("exif-twice.png", 8, 2, rows,
    chunk(b"zTXt", b"Raw profile type exif\0\0" + compressed) + chunk(b"eXIf", exif(1).tobytes()), PICTURE)

# Others
save("rgb.bmp", RGB, format="BMP")
save("grey.bmp", GREY, format="BMP")
save("palette.bmp", PALETTE, format="BMP")
profile = foreign_profile()
pixels = np.pad(PICTURE[::-1, :, ::-1].reshape(HEIGHT, -1), ((0, 0), (0, -3 * WIDTH % 4))).tobytes()
header = struct.pack("<IiiHHIIiiII", 124, WIDTH, HEIGHT, 1, 24, 0, len(pixels), 2835, 2835, 0, 0) + bytes(16)
header += b"DEBM" + bytes(48) + struct.pack("<IIII", 4, 124 + len(pixels), len(profile), 0)  # DEBM: a profile within
assert len(header) == 124
store("profile.bmp", b"BM" + struct.pack("<IHHI", 138 + len(pixels) + len(profile), 0, 0, 138) + header + pixels + profile)
save("palette.gif", PALETTE, format="GIF")
frames = [Image.fromarray(np.roll(PICTURE, k, axis=1)).quantize(16) for k in (0, 5)]
save("animated.gif", frames[0], format="GIF", save_all=True, append_images=frames[1:])
colours = np.random.default_rng(1).integers(0, 256, (256, 3))
indices = (x * 7 + y * 11) % 256
for code_bits in (8, 9, 11):
    gif(f"codes-of-{code_bits}-bits.gif", indices, colours, code_bits)
gif("interlaced.gif", indices, colours, 8, interlaced=True)
gif("small-frame.gif", indices[:9, :13], colours, 8, screen=(WIDTH, HEIGHT), place=(4, 5))
gif("small-frame-transparent.gif", indices[:9, :13], colours, 8, screen=(WIDTH, HEIGHT), place=(4, 5), transparent=9)
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
save("profile.tif", RGB, format="TIFF", icc_profile=foreign_profile())
save("profile-jpeg.tif", RGB, format="TIFF", compression="jpeg", quality=95, icc_profile=foreign_profile())
tiff("bigtiff.tif", PICTURE, 8, 2, PICTURE, big=True)
tiff("bigtiff-motorola.tif", PICTURE, 8, 2, PICTURE, order=">", big=True)
for bits in (6, 10, 12, 14):
    most = (1 << bits) - 1
    wide = np.rint(PICTURE / 255 * most).astype(np.int64)
    shown = np.rint(wide / most * 255)
    # What has no row in expected.json is refused.
    tiff(f"rgb-{bits}bit.tif", wide, bits, 2, shown if bits > 8 else None)
    tiff(f"grey-{bits}bit.tif", wide[..., :1], bits, 1, shown[..., :1], order=">")
wide = np.rint(PICTURE[..., :1] / 255 * 4095).astype(np.int64)
tiff("white-is-0-12bit.tif", 4095 - wide, 12, 0, np.rint(wide / 4095 * 255))
alpha = 1 + (x * 10 + y) % 255
alpha[3, 4] = 0
multiplied = PICTURE.astype(np.int64) * alpha[..., None] // 255
divided = np.where(alpha[..., None] > 0, np.minimum(255, multiplied * 255 // np.maximum(alpha, 1)[..., None]), 0)
tiff("associated-alpha.tif", np.dstack([multiplied, alpha]), 8, 2, divided, extra=1)
tiff("associated-alpha-grey.tif", np.dstack([multiplied[..., 0], alpha]), 8, 1, divided[..., :1], extra=1)
tiff("associated-alpha-16bit.tif", np.dstack([multiplied, alpha]) * 257, 16, 2,
     np.rint(np.where(alpha[..., None] > 0, np.minimum(65535, multiplied * 257 * 65535 // np.maximum(alpha * 257, 1)[..., None]), 0) / 257), extra=1)
tiff("unassociated-alpha.tif", np.dstack([PICTURE, alpha]), 8, 2, PICTURE, extra=2)
for channels, photometric, extra, kind in ((1, 1, None, "grey"), (3, 2, None, "rgb"), (4, 2, 1, "rgba"), (4, 2, 2, "rgba-straight")):
    tiff(f"float-{kind}.tif", np.dstack([PICTURE, alpha])[..., :channels] / 255, 32, photometric, None, extra=extra, floating=True)

# WebP, to the last bit as libwebp has it
save("lossless.webp", RGB, format="WEBP", lossless=True)
smooth = np.stack([80 + x * 3, 80 + y * 3, 200 - x * 2 - y * 2], axis=-1).astype(np.uint8)
save("lossy.webp", Image.fromarray(smooth), format="WEBP", quality=95)
save("alpha.webp", rgba, format="WEBP", lossless=True, exact=True)
save("orientation-3.webp", RGB, format="WEBP", lossless=True, exif=exif(3))
save("profile.webp", RGB, format="WEBP", lossless=True, icc_profile=foreign_profile())
save("profile-lossy.webp", RGB, format="WEBP", quality=90, icc_profile=foreign_profile())
for quality, method in ((5, 0), (30, 4), (80, 6), (100, 2)):
    save(f"lossy-{quality}.webp", RGB, format="WEBP", quality=quality, method=method)
for quality in (20, 75):
    save(f"lossy-alpha-{quality}.webp", rgba, format="WEBP", quality=quality, alpha_quality=quality)
for width, height in ((1, 1), (2, 1), (1, 2), (15, 33), (31, 16), (17, 18), (50, 19)):
    v, u = np.mgrid[0:height, 0:width]
    picture = np.stack([128 + 100 * np.sin(u / 3 + v / 5), 255 - u * 5, (u * v * 3) % 256], axis=-1).astype(np.uint8)
    save(f"lossy-{width}x{height}.webp", Image.fromarray(picture), format="WEBP", quality=60)
    save(f"lossless-{width}x{height}.webp", Image.fromarray(picture), format="WEBP", lossless=True, method=6)
for method in (0, 6):
    save(f"lossless-plain-{method}.webp", Image.new("RGB", (60, 50), (12, 200, 7)), format="WEBP", lossless=True, method=method)
save("lossy-plain.webp", Image.new("RGB", (60, 50), (12, 200, 7)), format="WEBP", quality=80)
for count in (2, 4, 16, 200):  # eight, four, two pixels and one share an index
    colours = np.random.default_rng(count).integers(0, 256, (count, 3)).astype(np.uint8)
    save(f"lossless-{count}-colours.webp", Image.fromarray(colours[(x * 5 + y * 3 + x * y) % count]), format="WEBP", lossless=True)
v, u = np.mgrid[0:64, 0:60]
noise = np.random.default_rng(3).integers(0, 256, (64, 60, 3))
picture = np.stack([128 + 100 * np.sin(u / 5 + v / 7), 90 + v * 2, 255 - u * 3], axis=-1)
picture[:32] += noise[:32, :, :1] / 9 - 14
picture[40:, :30] = noise[40:, :30]
picture[40:, 30:] = noise[40:, 30:, :1] // 128 * 200
save("lossless-parts.webp", Image.fromarray(np.clip(picture, 0, 255).astype(np.uint8)), format="WEBP", lossless=True, quality=100, method=6)
save("animated.webp", RGB, format="WEBP", lossless=True, save_all=True, append_images=[RGB.transpose(Image.Transpose.ROTATE_180)])


def animation(name, frame, left, top):
    """A frame somewhere on the canvas, of the chunks of a file of its own."""
    out = io.BytesIO()
    frame.save(out, format="WEBP", quality=80)
    picture = out.getvalue()[12:]

    def riff(kind, data):
        return kind + struct.pack("<I", len(data)) + data + bytes(len(data) & 1)

    def three(value):
        return struct.pack("<I", value)[:3]

    place = three(left // 2) + three(top // 2) + three(frame.width - 1) + three(frame.height - 1) + three(100) + b"\0"
    chunks = riff(b"VP8X", b"\x02\0\0\0" + three(WIDTH - 1) + three(HEIGHT - 1))
    chunks += riff(b"ANIM", b"\xff\xff\xff\xff\0\0") + riff(b"ANMF", place + picture)
    store(name, b"RIFF" + struct.pack("<I", 4 + len(chunks)) + b"WEBP" + chunks)


animation("small-frame.webp", RGB.resize((11, 9)), 6, 4)

# Written with options that Pillow does not have: segments, partitions, sharpness, and the simple filter.
store("lossy-simple-filter.webp", base64.b64decode(
    "UklGRhgBAABXRUJQVlA4IAwBAAAyBwCdASofAB0APx1+qEstKCOhqAqtpiOKbACdMuLKS1obDOdj2AV3swd0px0wDc1GzIEnRsVSf2/ovEHSHDWS"
    "piAA+N5Kn2HJDydkQ/d1qdpQe4CFw+OaFGz0l//zQEWHulZJ/E2DjcaG/+TRwGf/kVfx+LEQDCLrqrzl/SPGBb/g3hjRDvE+8XEO31Yg6HvVSkEq"
    "aEOqMb+g9rrKP/lsczFPvF7/Do4xZ/u/iAKdEAnS2MbgXzEQ6lOwjjNPxtN2v+VQnmxLqb83yEO6pLQ89tA0f7Q1P7on/BVnAVan62m2rMCdi8zy"
    "Czt0vMskndQL50bLRyVHLS16/kd3fuP0+9KTtP/6yNLI3AAA"))
store("lossy-sharp.webp", base64.b64decode(
    "UklGRiwBAABXRUJQVlA4ICABAADQBgCdASofAB0APu1gml2tJqKtKAGsHYnsAJ0yg8QzZIwi2QGS5foBLGBOns6/NxG10I9qgyk/rDXbjmQtEcAA"
    "+N59ujbargIQem2cscHf8PFCGeFzuT/5MoJfgovpUzZ00J//HVZev/0NrNvFiEtZ9/nv+/SOzkxUWeFpcgdCb5ZzF1IFKNqJuOO8IprbU3HKgMZV"
    "+//Mfk98PvW9YL/clKP7qA3TGtvkgxcZEuqVg7SSYWfgQYcn1qPzA3khWmaEk56/558mVm5+dn9qWKe99e8rfxnpcYs+pdYf4kbNWvnzC50Va09T"
    "McML/rBC1gTTyUOveb9oh7T/Og/Ntwmfp8Ri1iDzF6UK0p9em8FYKLvEct/bpWXnTp6iOP4AAAA="))

with open(os.path.join(HERE, "expected.json"), "w") as f:
    json.dump(expected, f, indent=0)
    f.write("\n")
