"""Reference values of the Fréchet distance for src/metrics/frechet.rs.

Needs numpy and scipy; writes frechet.json beside itself. The feature sets are not stored: both sides
make them from the same integer generator with the same f32 operations.
"""

import json
from pathlib import Path

import numpy as np
import scipy.linalg

MASK = (1 << 64) - 1


def features(seed, count, dim, rank, mix, scale, shift):
    """[count, dim] f32; columns from `rank` on repeat earlier ones."""
    state, f = seed, np.float32
    out = np.empty((count, dim), f)
    for i in range(count):
        last = f(0)
        for j in range(dim):
            if j < rank:
                state = (state * 6364136223846793005 + 1442695040888963407) & MASK
                last = f(state >> 40) / f(16777216) + f(mix) * last
            else:
                last = out[i, j % rank]
            out[i, j] = last
    return out * f(scale) + f(shift)


def distance(a, b):
    """By scipy's matrix square root, and again without any square root of a matrix:
    Tr (C C')^½ is the nuclear norm of A B' where C = A'A and C' = B'B."""
    a, b = a.astype(np.float64), b.astype(np.float64)
    means = np.sum((a.mean(0) - b.mean(0)) ** 2)
    ca, cb = np.cov(a, rowvar=False), np.cov(b, rowvar=False)
    traces = np.trace(ca) + np.trace(cb)
    ra = (a - a.mean(0)) / np.sqrt(len(a) - 1)
    rb = (b - b.mean(0)) / np.sqrt(len(b) - 1)
    exact = means + traces - 2 * np.linalg.norm(ra @ rb.T, "nuc")
    by_root = means + traces - 2 * np.trace(scipy.linalg.sqrtm(ca @ cb).real)
    # A singular product costs sqrtm half its digits.
    assert abs(exact - by_root) < 1e-5 * (traces + means), (exact, by_root)
    return max(exact, 0.0)


def spec(seed, count=200, dim=8, rank=None, mix=0.5, scale=1.0, shift=0.0):
    rank = dim if rank is None else rank
    return dict(seed=seed, count=count, dim=dim, rank=rank, mix=mix, scale=scale, shift=shift)


CASES = [
    ("identical", spec(1), spec(1)),
    ("shifted", spec(1), spec(1, shift=0.75)),
    ("scaled", spec(1), spec(1, scale=3.0)),
    ("two draws", spec(1), spec(2, count=150)),
    ("random 64-d", spec(3, count=300, dim=64), spec(4, count=250, dim=64, mix=0.25, scale=1.5)),
    ("one rank-deficient", spec(5, count=120, dim=16, rank=5), spec(6, count=130, dim=16)),
    ("both rank-deficient", spec(7, count=90, dim=12, rank=4), spec(8, count=80, dim=12, rank=3)),
    ("fewer samples than features", spec(9, count=20, dim=64), spec(10, count=300, dim=64)),
    ("collapsed to a point", spec(11, scale=0.0, shift=0.5), spec(12)),
]

if __name__ == "__main__":
    rows = [
        dict(name=name, a=a, b=b, distance=distance(features(**a), features(**b)))
        for name, a, b in CASES
    ]
    path = Path(__file__).with_name("frechet.json")
    path.write_text("[\n" + ",\n".join(json.dumps(row) for row in rows) + "\n]\n")
