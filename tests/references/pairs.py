"""Reference values of src/metrics/pairs.rs, from scikit-image.

Needs numpy and scikit-image; writes pairs.json beside itself. The pictures are not stored: both sides
make them from the same integers.

  absolute_difference   of pictures in [0, 1]
  psnr                  skimage.metrics.peak_signal_noise_ratio; null for equal pictures
  ssim                  skimage.metrics.structural_similarity with the settings of Wang et al. 2004
"""

import json
import warnings
from pathlib import Path

import numpy as np
from skimage.metrics import peak_signal_noise_ratio, structural_similarity

MASK = (1 << 64) - 1


def spec(seed, side=28, x=14, y=14, fall=3, noise=0, shift=0, most=255):
    return dict(seed=seed, side=side, x=x, y=y, fall=fall, noise=noise, shift=shift, most=most)


def picture(seed, side, x, y, fall, noise, shift, most):
    """[side, side] bytes: a bright spot at (x, y) that falls off with the squared distance, noise upon it."""
    state, out = seed, np.empty((side, side), np.uint8)
    for row in range(side):
        for column in range(side):
            state = (state * 6364136223846793005 + 1442695040888963407) & MASK
            spot = max(most - fall * ((column - x) ** 2 + (row - y) ** 2), 0)
            out[row, column] = min(max(spot + shift + ((state >> 56) * noise >> 8) - noise // 2, 0), 255)
    return out


def figures(output, truth):
    a, b = picture(**output), picture(**truth)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # of a division by the error of equal pictures
        psnr = float(peak_signal_noise_ratio(b, a, data_range=255))
    ssim = structural_similarity(
        a, b, gaussian_weights=True, sigma=1.5, use_sample_covariance=False, data_range=255
    )
    return dict(
        absolute_difference=float(np.abs(a.astype(float) - b).mean() / 255),
        psnr=psnr if np.isfinite(psnr) else None,
        ssim=float(ssim),
    )


CASES = [
    ("equal", spec(1, noise=40), spec(1, noise=40)),
    ("equal and black", spec(1, most=0), spec(2, most=0)),
    ("a little noise", spec(3, noise=20), spec(3)),
    ("much noise", spec(4, noise=255), spec(4)),
    ("noise against noise", spec(5, noise=510, most=128, fall=0), spec(6, noise=510, most=128, fall=0)),
    ("brighter", spec(7, noise=30, shift=25), spec(7, noise=30)),
    ("black against white", spec(8, most=0), spec(8, fall=0)),
    ("black against the spot", spec(9, most=0), spec(9)),
    ("moved by a pixel", spec(10, x=15), spec(10)),
    ("moved far", spec(11, x=4, y=22, noise=9), spec(11, x=22, y=5, noise=9)),
    ("flat by one level", spec(12, fall=0, most=100), spec(12, fall=0, most=101)),
    ("wider spot", spec(13, fall=1), spec(13, fall=9)),
    ("one window", spec(14, side=11, x=5, y=5, noise=60), spec(15, side=11, x=6, y=5, noise=60)),
    ("larger", spec(16, side=40, x=20, y=18, noise=50), spec(17, side=40, x=19, y=20, noise=50)),
]

if __name__ == "__main__":
    rows = [dict(name=name, output=a, truth=b, figures=figures(a, b)) for name, a, b in CASES]
    path = Path(__file__).with_name("pairs.json")
    path.write_text("[\n" + ",\n".join(json.dumps(row) for row in rows) + "\n]\n")
