"""Ten steps of the dcgan, the wgan-gp, the r3gan, the sketch and the super preset in PyTorch, for tests/parity.rs.

    mkdir start && GANVAS_PARITY=start cargo test parity::
    python tests/references/parity.py start

Needs torch, numpy and safetensors; writes parity.safetensors beside itself. Gradients and penalties (by double
backward) are autograd's, the optimisers are torch.optim's, all in f64.
"""

import json
import sys
from pathlib import Path

import torch
import torch.nn.functional as F
from networks import GENERATORS, classifier_maps, discriminator
from safetensors import safe_open
from safetensors.torch import load_file, save_file

start = Path(sys.argv[1])
weights = load_file(Path(__file__).parents[2] / "assets/classifier.safetensors")
classifier = {name: p.double() for name, p in weights.items()}


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
    return torch.autograd.grad(d(x).sum(), x, create_graph=True)[0]


def dcgan(d, x, fake, chance, gamma):
    r1 = gamma / 2 * slopes(d, x).square().sum(1).mean()
    return F.softplus(-d(x)).mean() + F.softplus(d(fake)).mean() + r1


def wgan_gp(d, x, fake, chance, gamma):
    norms = (slopes(d, chance * x + (1 - chance) * fake).square().sum(1) + 1e-12).sqrt()
    return d(fake).mean() - d(x).mean() + gamma * (norms - 1).square().mean()


def r1_r2(d, x, fake, gamma):
    return sum(gamma / 2 * slopes(d, of).square().sum(1).mean() for of in [x, fake])


def r3gan(d, x, fake, chance, gamma):
    return F.softplus(d(fake) - d(x)).mean() + r1_r2(d, x, fake, gamma)


def above_average(r, f):  # for logits r to lie above the other side's mean and f below; each patch by itself
    return F.softplus(f.mean(0) - r).mean() + F.softplus(f - r.mean(0)).mean()


def ragan(d, x, fake, chance, gamma):
    return above_average(d(x), d(fake)) + r1_r2(d, x, fake, gamma)


# The discriminator's loss with its penalty, and the generator's by the logits of real pictures and of drawings.
LOSSES = {
    ("non-saturating", "r1"): (dcgan, lambda r, f: F.softplus(-f).mean()),
    ("wasserstein", "wgan-gp"): (wgan_gp, lambda r, f: -f.mean()),
    ("relativistic", "r1-r2"): (r3gan, lambda r, f: F.softplus(r - f).mean()),
    ("relativistic-average", "r1-r2"): (ragan, lambda r, f: above_average(f, r)),
}


def run(kind):
    file = start / f"{kind}.start.safetensors"
    batches = load_file(start / f"{kind}.batches.safetensors")
    real, sources = [batches[of].double() / 127.5 - 1 for of in ["images", "sources"]]  # (steps, batch, pixels)
    latents = batches["z"].double()
    chances = batches["chance"].double()  # the penalty's points between fakes (0) and real pictures (1)
    recipe = json.loads(safe_open(file, "pt").metadata()["recipe"])
    d_objective, g_objective = LOSSES[recipe["objective"], recipe["penalty"]["kind"]]
    generator = GENERATORS[recipe["generator"]["network"]]
    translates = recipe["game"] != "classic"
    g, weights = {}, {}
    for name, value in load_file(file).items():
        for player, of in [("generator.", g), ("discriminator.", weights)]:
            if name.startswith(player):
                of[name.removeprefix(player)] = value.double().requires_grad_()
    d = lambda x: discriminator(weights, recipe["discriminator"]["network"], x)
    average = {name: p.detach().clone() for name, p in g.items()}
    rules = [optimiser(list(p.values()), recipe[of]["optimiser"]) for of, p in [("generator", g), ("discriminator", weights)]]

    losses = []
    for t, (x, source, z, chance) in enumerate(zip(real, sources, latents, chances), 1):
        fake = generator(g, source if translates else z, recipe["norm"])
        # Pix2Pix's discriminator sees what was to be translated, beside either.
        seen = [torch.cat([source, of], 1) if recipe["game"] == "translation" else of for of in [x, fake]]
        d_loss = d_objective(d, seen[0], seen[1].detach(), chance, recipe["penalty"]["gamma"])
        learn(list(weights.values()), rules[1], recipe["discriminator"], d_loss)
        terms = [g_objective(d(seen[0]), d(seen[1]))]
        g_loss = recipe["adversarial"] * terms[0]
        if translates:
            terms.append(F.l1_loss(fake / 2, x / 2))  # of pictures in [0, 1]
            g_loss = g_loss + recipe["distance"] * terms[1]
        if recipe["feature_distance"] > 0:
            terms.append(F.l1_loss(*(classifier_maps(classifier, of) for of in [fake, x])))
            g_loss = g_loss + recipe["feature_distance"] * terms[2]
        learn(list(g.values()), rules[0], recipe["generator"], g_loss)
        decay = min(recipe["ema"], (1 + t) / (10 + t))
        for name, p in g.items():
            average[name] = decay * average[name] + (1 - decay) * p.detach()
        losses.append([loss.item() for loss in [d_loss, g_loss, *(terms if translates else [])]])

    print(kind, losses[0], losses[-1])
    end = {f"{of}.{name}": p.detach() for of, params in [("generator", g), ("discriminator", weights), ("ema", average)] for name, p in params.items()}
    return {f"{kind}.{name}": p.float() for name, p in {"losses": torch.tensor(losses, dtype=torch.float64), **end}.items()}


reference = {}
for kind in ["adam", "adamw", "rmsprop", "sgd", "wgan-gp", "r3gan", "sketch", "super"]:
    reference |= run(kind)
save_file(reference, Path(__file__).with_name("parity.safetensors"))
