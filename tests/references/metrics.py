"""Reference values of src/metrics for tests/metrics.rs, from published implementations.

Needs numpy, scipy, scikit-learn and prdc; writes metrics.json beside itself. Feature sets, logits and
probabilities are not stored: both sides make them from the same integer generator with the same f32
operations (see frechet.py).

  frechet_distance    pytorch-fid's definition, by scipy.linalg.sqrtm and without it (see frechet.py)
  kernel_distance     sklearn.metrics.pairwise.polynomial_kernel and the unbiased MMD of Gretton et al.
  precision .. coverage   prdc.compute_prdc, k = 3 for the first two and 5 for the others
  classifier_score    scipy.stats.entropy of each row against the mean row
  class_kl            scipy.stats.entropy of the shares against even ones
"""

import json
from pathlib import Path

import numpy as np
import scipy.stats
from prdc import compute_prdc
from sklearn.metrics.pairwise import polynomial_kernel

from frechet import distance, features

DIM = 64


def cloud(seed, count=400, mix=0.5, scale=1.0, shift=0.0, distinct=None):
    """`distinct`: only so many different points, each repeated in turn."""
    return dict(seed=seed, count=count, dim=DIM, rank=DIM, mix=mix, scale=scale, shift=shift, distinct=distinct)


def made(spec):
    spec = dict(spec)
    distinct, count = spec.pop("distinct"), spec["count"]
    rows = features(**{**spec, "count": distinct or count})
    return rows[np.arange(count) % len(rows)]


def kid(x, y):
    x, y = x.astype(np.float64), y.astype(np.float64)
    kernel = lambda a, b: polynomial_kernel(a, b, degree=3, gamma=1 / DIM, coef0=1)
    within = lambda a: (kernel(a, a).sum() - np.trace(kernel(a, a))) / (len(a) * (len(a) - 1))
    return float(within(x) + within(y) - 2 * kernel(x, y).mean())


def compared(fake, real):
    real, fake = made(real), made(fake)
    few = compute_prdc(real_features=real, fake_features=fake, nearest_k=3)
    more = compute_prdc(real_features=real, fake_features=fake, nearest_k=5)
    return dict(
        frechet_distance=float(distance(fake, real)),
        kernel_distance=kid(fake, real),
        precision=float(few["precision"]),
        recall=float(few["recall"]),
        density=float(more["density"]),
        coverage=float(more["coverage"]),
    )


CASES = [
    ("identical", cloud(1), cloud(1)),
    ("two draws", cloud(1), cloud(2, count=500)),
    ("shifted a little", cloud(1, shift=0.1), cloud(2)),
    ("shifted far", cloud(1, shift=2.0), cloud(2)),
    ("one mode", cloud(3, distinct=1), cloud(2)),
    ("few modes", cloud(3, distinct=10), cloud(2)),
    ("narrow", cloud(4, scale=0.5, shift=0.5), cloud(2)),
    ("noise", cloud(5, mix=0.0, scale=4.0, shift=-1.5), cloud(2)),
    ("odd numbers", cloud(6, count=211), cloud(7, count=333, mix=0.45)),
]


def probabilities(seed, count, sharpness):
    """[count, 10] rows that add up to 1, and their logarithms' f32."""
    x = features(seed, count, 10, 10, 0.0, 1.0, 0.0).astype(np.float64) * sharpness
    log = x - np.log(np.exp(x).sum(1, keepdims=True))
    return log.astype(np.float32).astype(np.float64)


def score(seed, count, sharpness):
    p = np.exp(probabilities(seed, count, sharpness))
    return float(np.exp(np.mean([scipy.stats.entropy(row, p.mean(0)) for row in p])))


SCORES = [(21, 300, 0.0), (22, 300, 1.0), (23, 250, 8.0), (24, 250, 60.0)]
HISTOGRAMS = [[7] * 10, [50] + [0] * 9, [75, 25] + [0] * 8, [3, 1, 4, 1, 5, 9, 2, 6, 5, 3]]

if __name__ == "__main__":
    values = dict(
        clouds=[dict(name=name, fake=a, real=b, values=compared(a, b)) for name, a, b in CASES],
        scores=[dict(seed=s, count=n, sharpness=k, score=score(s, n, k)) for s, n, k in SCORES],
        kls=[
            dict(histogram=h, kl=float(scipy.stats.entropy(np.array(h) / sum(h), np.full(10, 0.1))))
            for h in HISTOGRAMS
        ],
    )
    path = Path(__file__).with_name("metrics.json")
    path.write_text(json.dumps(values, indent=1) + "\n")
