"""Ten steps of the dcgan, the wgan-gp and the r3gan preset in PyTorch, for tests/parity.rs.

    mkdir start && GANVAS_PARITY=start cargo test --test parity
    python tests/references/parity.py start

Needs torch, numpy and safetensors; writes parity.safetensors beside itself. The networks are written out
here in PyTorch's own operations, gradients and penalties (by double backward) are autograd's, the optimisers
are torch.optim's, all in f64. ganvas' parameters keep their shapes: maps are channels-last there.
"""

import json
import sys
from pathlib import Path

import torch
import torch.nn.functional as F
from safetensors import safe_open
from safetensors.torch import load_file, save_file

start = Path(sys.argv[1])
batches = load_file(start / "batches.safetensors")
real = batches["images"].double() / 127.5 - 1  # (steps, batch, 784)
latents = batches["z"].double()
chances = batches["chance"].double()  # the penalty's points between fakes (0) and real pictures (1)


def kernel(w):  # ganvas: (k, k, fine, coarse); PyTorch: (coarse, fine, k, k), in both directions
    return w.permute(3, 2, 0, 1)


def batch_norm(h, scale, shift):
    return F.batch_norm(h, None, None, scale, shift, True, eps=1e-5)


def layer_norm(h, scale, shift):  # over a picture's maps together
    return F.layer_norm(h, h.shape[1:], eps=1e-5) * scale[:, None, None] + shift[:, None, None]


def dcgan_generator(p, z, kind):
    h = z @ p["project.weight"] + p["project.bias"]
    h = h.view(len(z), 7, 7, -1).permute(0, 3, 1, 2)  # (n, c, 7, 7)
    norm = lambda h, name: {"batch": batch_norm, "layer": layer_norm}[kind](h, p[f"{name}.scale"], p[f"{name}.shift"])
    h = F.relu(norm(h, "project.norm"))
    h = F.conv_transpose2d(h, kernel(p["up1.weight"]), p.get("up1.bias"), stride=2, padding=1)
    h = F.relu(norm(h, "up1.norm"))
    h = F.conv_transpose2d(h, kernel(p["up2.weight"]), p["up2.bias"], stride=2, padding=1)
    return torch.tanh(h).flatten(1)  # (n, 784)


def dcgan_features(p, x):
    h = x.view(-1, 1, 28, 28)
    for name in ["down1", "down2"]:
        h = F.leaky_relu(F.conv2d(h, kernel(p[f"{name}.weight"]), p[f"{name}.bias"], stride=2, padding=1), 0.2)
    return h


def block(p, h, name):  # x + what an expanding 1 x 1, a 3 x 3 in groups and a 1 x 1 convolution make of it
    groups = [p[key] for key in p if key.startswith(f"{name}.mix.") and key.endswith("weight")]
    inside = F.leaky_relu(F.conv2d(h, kernel(p[f"{name}.expand.weight"]), p[f"{name}.expand.bias"]), 0.2)
    mix = torch.cat([kernel(w) for w in groups])
    inside = F.leaky_relu(F.conv2d(inside, mix, p[f"{name}.mix.bias"], padding=1, groups=len(groups)), 0.2)
    return h + F.conv2d(inside, kernel(p[f"{name}.reduce.weight"]))


def double(h):
    return F.interpolate(h, scale_factor=2, mode="bilinear", align_corners=False)


def halve(h):  # the transpose of `double`, divided by 4
    taps = torch.tensor([1.0, 3.0, 3.0, 1.0], dtype=h.dtype) / 8
    taps = (taps[:, None] * taps).expand(h.shape[1], 1, 4, 4)
    return F.conv2d(F.pad(h, (1, 1, 1, 1), "replicate"), taps, stride=2, groups=h.shape[1])


def residual_generator(p, z, kind):  # without a norm
    h = z @ p["project.weight"] + p["project.bias"]
    h = h.view(len(z), 7, 7, -1).permute(0, 3, 1, 2)
    h = double(F.conv2d(block(p, h, "block7"), kernel(p["to14.weight"])))
    h = double(F.conv2d(block(p, h, "block14"), kernel(p["to28.weight"])))
    h = F.conv2d(block(p, h, "block28"), kernel(p["picture.weight"]), p["picture.bias"])
    return torch.tanh(h).flatten(1)


def residual_features(p, x):
    h = F.conv2d(x.view(-1, 1, 28, 28), kernel(p["grey.weight"]), p["grey.bias"])
    h = F.conv2d(halve(block(p, h, "block28")), kernel(p["to14.weight"]))
    h = F.conv2d(halve(block(p, h, "block14")), kernel(p["to7.weight"]))
    return block(p, h, "block7")


NETWORKS = {"dcgan": (dcgan_generator, dcgan_features), "residual": (residual_generator, residual_features)}


def discriminator(p, x):
    h = NETWORKS["dcgan" if "down1.weight" in p else "residual"][1](p, x)
    return h.permute(0, 2, 3, 1).flatten(1) @ p["logit.weight"] + p.get("logit.bias", 0.0)


def optimiser(parameters, o):
    lr, betas, eps = o["lr"], (o["beta1"], o["beta2"]), o["epsilon"]
    return {
        "adam": lambda: torch.optim.Adam(parameters, lr, betas, eps),
        "adamw": lambda: torch.optim.AdamW(parameters, lr, betas, eps, o["weight_decay"]),
        "rmsprop": lambda: torch.optim.RMSprop(parameters, lr, alpha=o["beta2"], eps=eps),
        "sgd": lambda: torch.optim.SGD(parameters, lr, momentum=o["beta1"]),
    }[o["kind"]]()


def learn(parameters, rule, player, loss):
    for p, gradient in zip(parameters, torch.autograd.grad(loss, parameters)):
        p.grad = gradient
    if player["clip"] > 0:
        torch.nn.utils.clip_grad_norm_(parameters, player["clip"])
    rule.step()


def slopes(d, x):
    x = x.detach().requires_grad_()
    return torch.autograd.grad(discriminator(d, x).sum(), x, create_graph=True)[0]


def dcgan(d, x, fake, chance, gamma):
    r1 = gamma / 2 * slopes(d, x).square().sum(1).mean()
    return F.softplus(-discriminator(d, x)).mean() + F.softplus(discriminator(d, fake)).mean() + r1


def wgan_gp(d, x, fake, chance, gamma):
    norms = (slopes(d, chance * x + (1 - chance) * fake).square().sum(1) + 1e-12).sqrt()
    return discriminator(d, fake).mean() - discriminator(d, x).mean() + gamma * (norms - 1).square().mean()


def r3gan(d, x, fake, chance, gamma):
    penalty = sum(gamma / 2 * slopes(d, of).square().sum(1).mean() for of in [x, fake])
    return F.softplus(discriminator(d, fake) - discriminator(d, x)).mean() + penalty


# The discriminator's loss with its penalty, and the generator's by the logits of real pictures and of drawings.
LOSSES = {
    ("non-saturating", "r1"): (dcgan, lambda r, f: F.softplus(-f).mean()),
    ("wasserstein", "wgan-gp"): (wgan_gp, lambda r, f: -f.mean()),
    ("relativistic", "r1-r2"): (r3gan, lambda r, f: F.softplus(r - f).mean()),
}


def run(kind):
    file = start / f"{kind}.safetensors"
    recipe = json.loads(safe_open(file, "pt").metadata()["recipe"])
    d_objective, g_objective = LOSSES[recipe["objective"], recipe["penalty"]["kind"]]
    generator = NETWORKS[recipe["generator"]["network"]][0]
    g, d = {}, {}
    for name, value in load_file(file).items():
        for player, of in [("generator.", g), ("discriminator.", d)]:
            if name.startswith(player):
                of[name.removeprefix(player)] = value.double().requires_grad_()
    average = {name: p.detach().clone() for name, p in g.items()}
    rules = [optimiser(list(p.values()), recipe[of]["optimiser"]) for of, p in [("generator", g), ("discriminator", d)]]

    losses = []
    for t, (x, z, chance) in enumerate(zip(real, latents, chances), 1):
        fake = generator(g, z, recipe["norm"])
        d_loss = d_objective(d, x, fake.detach(), chance, recipe["penalty"]["gamma"])
        learn(list(d.values()), rules[1], recipe["discriminator"], d_loss)
        g_loss = g_objective(discriminator(d, x), discriminator(d, fake))
        learn(list(g.values()), rules[0], recipe["generator"], g_loss)
        decay = min(recipe["ema"], (1 + t) / (10 + t))
        for name, p in g.items():
            average[name] = decay * average[name] + (1 - decay) * p.detach()
        losses.append([d_loss.item(), g_loss.item()])

    print(kind, losses[0], losses[-1])
    end = {f"{of}.{name}": p.detach() for of, params in [("generator", g), ("discriminator", d), ("ema", average)] for name, p in params.items()}
    return {f"{kind}.{name}": p.float() for name, p in {"losses": torch.tensor(losses, dtype=torch.float64), **end}.items()}


reference = {}
for kind in ["adam", "adamw", "rmsprop", "sgd", "wgan-gp", "r3gan"]:
    reference |= run(kind)
save_file(reference, Path(__file__).with_name("parity.safetensors"))
