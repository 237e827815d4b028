"""Ten steps of the presets dcgan, wgan-gp, r3gan, sketch, super, zebra and moco in PyTorch, for tests/parity.rs.

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


# A discriminator's loss with its penalty, and the generator's by the logits of real pictures and of drawings.
LOSSES = {
    ("non-saturating", "r1"): (dcgan, lambda r, f: F.softplus(-f).mean()),
    ("wasserstein", "wgan-gp"): (wgan_gp, lambda r, f: -f.mean()),
    ("relativistic", "r1-r2"): (r3gan, lambda r, f: F.softplus(r - f).mean()),
    ("relativistic-average", "r1-r2"): (ragan, lambda r, f: above_average(f, r)),
}


def distance(a, b):  # of pictures in [0, 1]
    return F.l1_loss(a / 2, b / 2)


def play(recipe, draw, x, source, z, frame):
    """What each discriminator sees, real and made, and what the generators' loss has beside those, by weights."""
    game = recipe["game"]
    if game == "cycle":
        target, styled = draw("generator", source), draw("forth-generator", x)
        again = draw("generator", styled), draw("forth-generator", target)
        seen = {"discriminator": (x, target), "source-discriminator": (source, styled)}
        return seen, [(recipe["cycle"], distance(*pair)) for pair in zip(again, [x, source])]
    if game in ["classic", "film"]:
        seen = {"discriminator": (x, draw("generator", z))}
        if game == "film":
            # Every second frame from that one on.
            frames = lambda films: films.view(len(x), -1, 784)[:, frame::2].flatten(0, 1)
            seen["frame-discriminator"] = tuple(frames(films) for films in seen["discriminator"])
        return seen, []
    fake = draw("generator", source)
    terms = [(recipe["distance"], distance(fake, x))]
    if recipe["feature_distance"] > 0:
        terms.append((recipe["feature_distance"], F.l1_loss(*(classifier_maps(classifier, of) for of in [fake, x]))))
    # Pix2Pix's discriminator sees what was to be translated, beside either.
    seen = [torch.cat([source, of], 1) if game == "translation" else of for of in [x, fake]]
    return {"discriminator": seen}, terms


def network(side, name):  # its parameters; names are longer only where a side has several networks
    own = {key.removeprefix(f"{name}."): p for key, p in side.items() if key.startswith(f"{name}.")}
    return own or side


def run(kind):
    file = start / f"{kind}.start.safetensors"
    batches = load_file(start / f"{kind}.batches.safetensors")
    real, sources = [batches[of].double() / 127.5 - 1 for of in ["images", "sources"]]  # (steps, batch, pixels)
    real = real.unflatten(2, (784, -1)).transpose(2, 3).flatten(2)  # frame after frame
    classes = F.one_hot(batches["labels"].long(), 10).double()
    latents = batches["z"].double()
    chances = batches["chance"].double()  # the penalty's points between fakes (0) and real pictures (1)
    frames = batches["frames"].tolist()  # that are judged by themselves
    recipe = json.loads(safe_open(file, "pt").metadata()["recipe"])
    d_objective, g_objective = LOSSES[recipe["objective"], recipe["penalty"]["kind"]]
    sides = {"generator": {}, "discriminator": {}}
    for name, value in load_file(file).items():
        side, name = name.split(".", 1)
        if side in sides:
            sides[side][name] = value.double().requires_grad_()
    g, d = sides.values()
    average = {name: p.detach().clone() for name, p in g.items()}
    rules = {side: optimiser(list(p.values()), recipe[side]["optimiser"]) for side, p in sides.items()}
    learn_all = lambda side, loss: learn(list(sides[side].values()), rules[side], recipe[side], loss)

    losses = []
    for t, (x, source, z, chance, labels, frame) in enumerate(zip(real, sources, latents, chances, classes, frames), 1):
        told = [labels] if recipe["conditional"] else []
        judged = lambda x: [labels.repeat_interleave(len(x) // len(labels), 0) for labels in told]
        draw = lambda name, of: GENERATORS[recipe["generator"]["network"]](network(g, name), of, recipe["norm"], *told)
        judge = lambda name: lambda x: discriminator(network(d, name), recipe["discriminator"]["network"], x, *judged(x))
        seen, more = play(recipe, draw, x, source, z, frame)
        gamma = recipe["penalty"]["gamma"]
        d_losses = [d_objective(judge(name), r, f.detach(), chance, gamma) for name, (r, f) in seen.items()]
        learn_all("discriminator", sum(d_losses))
        # By the discriminators as they are now.
        opposed = [g_objective(judge(name)(r), judge(name)(f)) for name, (r, f) in seen.items()]
        terms = [(recipe["adversarial"], term) for term in opposed] + more
        g_loss = sum(weight * term for weight, term in terms)
        learn_all("generator", g_loss)
        decay = min(recipe["ema"], (1 + t) / (10 + t))
        for name, p in g.items():
            average[name] = decay * average[name] + (1 - decay) * p.detach()
        listed = [term for _, term in terms] if len(terms) > 1 else []
        losses.append([loss.item() for loss in [*d_losses, g_loss, *listed]])

    print(kind, losses[0], losses[-1])
    end = {f"{of}.{name}": p.detach() for of, params in [*sides.items(), ("ema", average)] for name, p in params.items()}
    return {f"{kind}.{name}": p.float() for name, p in {"losses": torch.tensor(losses, dtype=torch.float64), **end}.items()}


reference = {}
for kind in ["adam", "adamw", "rmsprop", "sgd", "wgan-gp", "r3gan", "sketch", "super", "zebra", "moco"]:
    reference |= run(kind)
save_file(reference, Path(__file__).with_name("parity.safetensors"))
