"""Writes enlarged.json and thinned.json next to this file: what Pillow and OpenCV make of small pictures.

    python3 -m venv venv
    venv/bin/pip install pillow==13.0.0 opencv-contrib-python-headless==5.0.0.93
    venv/bin/python tests/references/views.py
"""

import json
from pathlib import Path

import cv2
import numpy as np
from PIL import Image, ImageDraw

HERE = Path(__file__).parent
# Pillow drops what a kernel would see beyond the edge; repeating the edge this often in advance clamps it instead.
MARGIN = 4
FILTERS = {
    "nearest": Image.Resampling.NEAREST,
    "bilinear": Image.Resampling.BILINEAR,
    "bicubic": Image.Resampling.BICUBIC,
}


def enlarged(pixels, factor, how):
    """Of floats (Pillow's mode F), since Pillow rounds bytes between its two passes."""
    padded = Image.fromarray(np.pad(pixels, MARGIN, "edge").astype(np.float32))
    large = np.asarray(padded.resize((padded.width * factor, padded.height * factor), how))
    inside = large[MARGIN * factor : -MARGIN * factor, MARGIN * factor : -MARGIN * factor]
    return np.clip(np.floor(inside + 0.5), 0, 255).astype(int).ravel().tolist()


def enlargements(rng):
    for side, factor, low in [(7, 4, 0), (4, 3, 0), (1, 5, 0), (5, 2, 200)]:
        # Much black and white, so that bicubic values leave 0 to 255 and are clipped.
        pixels = np.clip(rng.integers(low - 150, 406, (side, side)), 0, 255)
        case = {"side": side, "factor": factor, "pixels": pixels.ravel().tolist()}
        for name, how in FILTERS.items():
            case[name] = enlarged(pixels, factor, how)
        yield case


def thinnings(rng):
    for side in [28, 28, 28, 17]:
        picture = Image.new("L", (side, side))
        pen = ImageDraw.Draw(picture)
        for _ in range(3):
            points = [tuple(point) for point in rng.integers(2, side - 2, (3, 2)).tolist()]
            pen.line(points, fill=255, width=int(rng.integers(2, 6)), joint="curve")
        ink = np.asarray(picture) >= 128
        yield {"ink": rows(ink), "skeleton": rows(thinned(ink))}


def thinned(ink):
    """OpenCV passes over the pixels at the edge, so a margin surrounds the picture meanwhile."""
    padded = np.pad(ink, 1).astype(np.uint8) * 255
    return cv2.ximgproc.thinning(padded, thinningType=cv2.ximgproc.THINNING_ZHANGSUEN)[1:-1, 1:-1] > 0


def rows(plane):
    return ["".join(".#"[int(pixel)] for pixel in row) for row in plane]


def write(name, cases):
    lines = ",\n".join(json.dumps(case, separators=(",", ":")) for case in cases)
    (HERE / name).write_text(f"[\n{lines}\n]\n")


write("enlarged.json", enlargements(np.random.default_rng(1)))
write("thinned.json", thinnings(np.random.default_rng(1)))
