"""Milliseconds per training step of the preset `quick` in PyTorch on the CPU, as one line of JSON.

    python benches/pytorch_step.py [THREADS]

`cargo xtask bench step` runs it in turns with ganvas where the interpreter that GANVAS_PYTHON names, or else python3,
has torch. Measured with torch 2.15.0 (`pip install torch==2.15.0`).

The same step: a conditional DCGAN with layer norm of widths 32 and 16, a batch of 64 in 28 x 28, the relativistic loss
with R1 and R2 by double backward, Adam with β₁ = 0 and the generator's moving average. Written to be quick in PyTorch:
its own layout of weights, one pass over real pictures and fakes together, fused optimisers.
"""

import json
import sys
import time
from statistics import median

import torch
import torch.nn.functional as F
from torch import nn

WARM_UP, STEPS = 5, 20
BATCH, LATENT, CLASSES, SIDE = 64, 16, 10, 28
GAMMA, DECAY, LABEL_SCALE = 0.3, 0.995, 3.0


class LayerNorm(nn.Module):  # over a picture's maps together, with a scale and a shift for each channel
    def __init__(self, channels):
        super().__init__()
        self.scale = nn.Parameter(torch.ones(channels, 1, 1))
        self.shift = nn.Parameter(torch.zeros(channels, 1, 1))

    def forward(self, h):
        return F.layer_norm(h, h.shape[1:]) * self.scale + self.shift


class Generator(nn.Module):
    def __init__(self, width=32):
        super().__init__()
        self.layers = nn.Sequential(
            nn.Linear(LATENT + CLASSES, width * 49), nn.Unflatten(1, (width, 7, 7)), LayerNorm(width), nn.ReLU(),
            nn.ConvTranspose2d(width, width // 2, 4, 2, 1), LayerNorm(width // 2), nn.ReLU(),
            nn.ConvTranspose2d(width // 2, 1, 4, 2, 1), nn.Tanh(),
        )

    def forward(self, z, labels):
        return self.layers(torch.cat([z, LABEL_SCALE * labels], 1))


class Discriminator(nn.Module):
    def __init__(self, width=16):
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(1, width, 4, 2, 1), nn.LeakyReLU(0.2), nn.Conv2d(width, 2 * width, 4, 2, 1), nn.LeakyReLU(0.2),
            nn.Flatten(),
        )
        self.direction = nn.Linear(CLASSES, 2 * width * 49)  # its bias is what all classes share

    def forward(self, x, labels):
        return (self.features(x) * self.direction(labels)).sum(1)


def learn(rule, parameters, loss):
    for p, gradient in zip(parameters, torch.autograd.grad(loss, parameters)):
        p.grad = gradient
    rule.step()


def main():
    torch.set_num_threads(int(sys.argv[1]) if len(sys.argv) > 1 else 2)
    torch.manual_seed(1)
    g, d = Generator(), Discriminator()
    g_weights, d_weights = list(g.parameters()), list(d.parameters())
    average = [p.detach().clone() for p in g_weights]
    rules = [
        torch.optim.Adam(of, lr, (0.0, 0.99), fused=True) for of, lr in [(g_weights, 12e-3), (d_weights, 4e-3)]
    ]
    images = torch.randint(0, 256, (BATCH, 1, SIDE, SIDE), dtype=torch.uint8)
    labels = F.one_hot(torch.arange(BATCH) % CLASSES, CLASSES).float()

    def step():
        real = images.float() / 127.5 - 1
        fake = g(torch.randn(BATCH, LATENT), labels)

        x = torch.cat([real, fake.detach()]).requires_grad_()
        logits = d(x, labels.repeat(2, 1))
        (slopes,) = torch.autograd.grad(logits.sum(), x, create_graph=True)
        r, f = logits.chunk(2)
        d_loss = F.softplus(f - r).mean() + GAMMA / 2 / BATCH * slopes.square().sum()
        learn(rules[1], d_weights, d_loss)

        with torch.no_grad():
            r = d(real, labels)
        g_loss = F.softplus(r - d(fake, labels)).mean()
        learn(rules[0], g_weights, g_loss)
        torch._foreach_lerp_(average, [p.detach() for p in g_weights], 1 - DECAY)
        return d_loss.item(), g_loss.item()

    millis = []
    for _ in range(WARM_UP + STEPS):
        start = time.perf_counter()
        step()
        millis.append((time.perf_counter() - start) * 1e3)
    line = {"preset": "quick", "pytorch": torch.__version__, "threads": torch.get_num_threads()}
    print(json.dumps(line | {"step_millis": median(millis[WARM_UP:])}))


main()
