"""Reference values of the GAN objectives for src/gan/objective/.

Needs numpy; writes objectives.json beside itself. Losses are means over the batch in f64, with their
gradients by the logits (central differences agree to 1e-8, asserted below).

r = D(x) logits of real pictures, f = D(G(z)) of fakes, sp(x) = ln(1 + e^x):

  minimax         D: sp(-r) + sp(f)   G: -sp(f)     Goodfellow et al. 2014, eq. 1
  non-saturating  D: sp(-r) + sp(f)   G: sp(-f)     Goodfellow et al. 2014, section 3
  relativistic    D: sp(f - r)        G: sp(r - f)  Jolicoeur-Martineau 2018, paired; R3GAN, eq. 2
  least-squares   D: (r - 1)^2 / 2 + f^2 / 2   G: (f - 1)^2 / 2   Mao et al. 2016, eq. 9
  wasserstein     D: f - r          G: -f         Arjovsky et al. 2017, eq. 2
  hinge           D: max(0, 1 - r) + max(0, 1 + f)   G: -f   Lim & Ye 2017; Miyato et al. 2018, eq. 16
  relativistic-average, with means over the batch
                  D: sp(mean f - r) + sp(f - mean r)   G: real and fake exchanged   Jolicoeur-Martineau 2018
"""

import json
from pathlib import Path

import numpy as np


def sp(x):
    return np.logaddexp(0.0, x)


def sigmoid(x):
    return np.where(x >= 0, 1 / (1 + np.exp(-np.abs(x))), np.exp(-np.abs(x)) / (1 + np.exp(-np.abs(x))))


def average(r, f):
    return sp(f.mean() - r) + sp(f - r.mean())


def average_grads(r, f):
    """Each mean hands the slopes that it gathers back in equal shares."""
    real, fake = -sigmoid(f.mean() - r), sigmoid(f - r.mean())
    return real - fake.mean(), fake - real.mean()


# name -> (d_loss, g_loss, gradients of each term by r and f before the mean)
OBJECTIVES = {
    "minimax": dict(
        d_loss=lambda r, f: sp(-r) + sp(f),
        d_grads=lambda r, f: (-sigmoid(-r), sigmoid(f)),
        g_loss=lambda r, f: -sp(f),
        g_grads=lambda r, f: (0 * r, -sigmoid(f)),
    ),
    "non-saturating": dict(
        d_loss=lambda r, f: sp(-r) + sp(f),
        d_grads=lambda r, f: (-sigmoid(-r), sigmoid(f)),
        g_loss=lambda r, f: sp(-f),
        g_grads=lambda r, f: (0 * r, -sigmoid(-f)),
    ),
    "relativistic": dict(
        d_loss=lambda r, f: sp(f - r),
        d_grads=lambda r, f: (-sigmoid(f - r), sigmoid(f - r)),
        g_loss=lambda r, f: sp(r - f),
        g_grads=lambda r, f: (sigmoid(r - f), -sigmoid(r - f)),
    ),
    "least-squares": dict(
        d_loss=lambda r, f: (r - 1) ** 2 / 2 + f**2 / 2,
        d_grads=lambda r, f: (r - 1, f),
        g_loss=lambda r, f: (f - 1) ** 2 / 2,
        g_grads=lambda r, f: (0 * r, f - 1),
    ),
    "wasserstein": dict(
        d_loss=lambda r, f: f - r,
        d_grads=lambda r, f: (0 * r - 1, 0 * f + 1),
        g_loss=lambda r, f: -f,
        g_grads=lambda r, f: (0 * r, 0 * f - 1),
    ),
    "hinge": dict(
        d_loss=lambda r, f: np.maximum(0, 1 - r) + np.maximum(0, 1 + f),
        d_grads=lambda r, f: (-1.0 * (r < 1), 1.0 * (f > -1)),
        g_loss=lambda r, f: -f,
        g_grads=lambda r, f: (0 * r, 0 * f - 1),
    ),
    "relativistic-average": dict(
        d_loss=average,
        d_grads=average_grads,
        g_loss=lambda r, f: average(f, r),
        g_grads=lambda r, f: average_grads(f, r)[::-1],
    ),
}

# Exact in f32, and off every kink. The second batch is far out, where a softplus written as ln(1 + e^x) overflows.
BATCHES = {
    "typical": ([1.5, -0.25, 0.0, 3.0, -2.0, 0.75], [-1.125, 0.5, 0.0, -2.5, 1.25, -0.125]),
    "extreme": ([100.0, -100.0, 40.0, -95.0], [-100.0, 100.0, 120.0, -20.0]),
}


def check(loss, grads, r, f):
    h = 1e-5
    for i in range(len(r)):
        e = np.zeros(len(r))
        e[i] = h
        by_r = (loss(r + e, f).mean() - loss(r - e, f).mean()) / (2 * h)
        by_f = (loss(r, f + e).mean() - loss(r, f - e).mean()) / (2 * h)
        assert abs(by_r - grads[0][i]) < 1e-8 and abs(by_f - grads[1][i]) < 1e-8


if __name__ == "__main__":
    rows = []
    for batch, (r, f) in BATCHES.items():
        r, f = np.array(r), np.array(f)
        for name, o in OBJECTIVES.items():
            row = dict(objective=name, batch=batch, real=r.tolist(), fake=f.tolist())
            for player in "dg":
                loss, grads = o[f"{player}_loss"], o[f"{player}_grads"](r, f)
                grads = [g / len(r) for g in grads]
                if batch == "typical":
                    check(loss, grads, r, f)
                row[f"{player}_loss"] = loss(r, f).mean()
                row[f"{player}_grad_real"] = grads[0].tolist()
                row[f"{player}_grad_fake"] = grads[1].tolist()
            rows.append(row)
    path = Path(__file__).with_name("objectives.json")
    path.write_text("[\n" + ",\n".join(json.dumps(row) for row in rows) + "\n]\n")
