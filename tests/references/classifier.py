"""What the committed classifier makes of a few made pictures, for tests/classifier.rs.

Needs numpy and safetensors; reads assets/classifier.safetensors, writes classifier.json beside
itself. The network is written out here a second time, in f64 and by plain loops. Run again whenever
the weights are trained anew.
"""

import json
from pathlib import Path

import numpy as np
from safetensors.numpy import load_file

HERE = Path(__file__).parent
SIDE = 28


def pictures():
    """[n, SIDE, SIDE] bytes; tests/classifier.rs makes the same."""
    y, x = np.mgrid[0:SIDE, 0:SIDE]
    state, noise = 7, []
    for _ in range(SIDE * SIDE):
        state = (state * 6364136223846793005 + 1442695040888963407) & ((1 << 64) - 1)
        noise.append(state >> 56)
    noise = np.array(noise).reshape(SIDE, SIDE)
    bar = 255 * ((x >= 13) & (x <= 15) & (y >= 4) & (y < 24))
    distance = (2 * x - 27) ** 2 + (2 * y - 27) ** 2
    ring = 255 * ((distance > 180) & (distance < 360))
    return {
        "black": 0 * x,
        "bar": bar,
        "ring": ring,
        "noise": noise,
        "ramp": 9 * x,
        "ring in noise": np.maximum(ring, noise // 4),
    }


def conv(x, weight, bias):
    """Kernel 4, stride 2, padding 1: [s, s, c] to [s // 2, s // 2, c']."""
    side = x.shape[0] // 2
    x = np.pad(x, ((1, 1), (1, 1), (0, 0)))
    out = np.empty((side, side, weight.shape[3]))
    for i in range(side):
        for j in range(side):
            patch = x[2 * i : 2 * i + 4, 2 * j : 2 * j + 4, :, None]
            out[i, j] = (weight * patch).sum((0, 1, 2)) + bias
    return out


def leaky_relu(x):
    return np.where(x > 0, x, 0.2 * x)


def read(w, picture):
    h = picture[:, :, None] / 127.5 - 1
    for name in ("conv1", "conv2", "conv3"):
        h = leaky_relu(conv(h, w[f"{name}.weight"], w[f"{name}.bias"]))
    features = leaky_relu(h.reshape(-1) @ w["features.weight"] + w["features.bias"])
    logits = features @ w["logits.weight"] + w["logits.bias"]
    return features, logits - np.logaddexp.reduce(logits)


if __name__ == "__main__":
    path = HERE.parent.parent / "assets" / "classifier.safetensors"
    w = {name: values.astype(np.float64) for name, values in load_file(path).items()}
    rows = []
    for name, picture in pictures().items():
        features, log_probabilities = read(w, picture)
        rows.append(
            dict(
                picture=name,
                log_probabilities=np.round(log_probabilities, 7).tolist(),
                features=np.round(features, 7).tolist(),
            )
        )
    (HERE / "classifier.json").write_text(
        "[\n" + ",\n".join(json.dumps(row) for row in rows) + "\n]\n"
    )
