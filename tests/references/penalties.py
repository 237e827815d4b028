"""Gradient penalties and their gradients by the weights, by autograd's double backward, for tests/penalties.rs.

    mkdir start && GANVAS_PENALTIES=start cargo test penalties::
    python tests/references/penalties.py start

Needs torch, numpy and safetensors; writes penalties.safetensors beside itself, computed in f64.
"""

import sys
from pathlib import Path

import torch
from networks import discriminator
from safetensors.torch import load_file, save_file

GAMMA = 2.0
start = Path(sys.argv[1])
batch = {name: value.double() for name, value in load_file(start / "batch.safetensors").items()}
real, fake = batch["real"], batch["fake"]


def squares(d, x):  # of the slope of each logit by its picture: (n)
    x = x.clone().requires_grad_()
    return torch.autograd.grad(d(x).sum(), x, create_graph=True)[0].square().sum(1)


def unit(d, x):
    return GAMMA * ((squares(d, x) + 1e-12).sqrt() - 1).square().mean()


PENALTIES = {
    "r1": lambda d: GAMMA / 2 * squares(d, real).mean(),
    "r2": lambda d: GAMMA / 2 * squares(d, fake).mean(),
    "wgan-gp": lambda d: unit(d, batch["wgan-gp"] * real + (1 - batch["wgan-gp"]) * fake),
    "dragan": lambda d: unit(d, real + 0.3 * batch["dragan"]),
}

reference = {}
for file in sorted(start.glob("*.safetensors")):
    name = file.stem
    if name == "batch":
        continue
    network = "dcgan" if name in ["projection", "concatenation", "hidden"] else name
    p = {key: value.double().requires_grad_() for key, value in load_file(file).items()}
    for kind, penalty in PENALTIES.items():
        value = penalty(lambda x: discriminator(p, network, x, batch["labels"]))
        gradients = torch.autograd.grad(value, list(p.values()), allow_unused=True)
        reference[f"{name}.{kind}.value"] = value.detach().float().view(1)
        for key, gradient in zip(p, gradients):
            if gradient is not None and gradient.any():  # what is not there is 0
                reference[f"{name}.{kind}.{key}"] = gradient.float().contiguous()
        print(name, kind, value.item())
save_file(reference, Path(__file__).with_name("penalties.safetensors"))
