"""ganvas' networks in PyTorch's own operations, for the references beside this file.

Parameters are those of a ganvas layout by name, with its shapes: maps are channels-last there. A generator gives
(n, 784) of (n, latent), or of a picture (n, pixels) that it translates; films are (n, frames * 784), frame after frame.
A discriminator gives logits, (n) or of each patch (n, patches), of (n, 784), of pictures beside each other (n, 2 * 784)
or of films.
"""

import torch
import torch.nn.functional as F


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


def dcgan_features(p, x):  # of a picture, or of several beside each other
    h = x.view(len(x), -1, 28, 28)
    for name in ["down1", "down2"]:
        h = F.leaky_relu(F.conv2d(h, kernel(p[f"{name}.weight"]), p[f"{name}.bias"], stride=2, padding=1), 0.2)
    return h


def classifier_maps(p, x):  # of its last convolution, before their activation: (n, 48, 3, 3)
    h = x.view(len(x), 1, 28, 28)
    for name in ["conv1", "conv2", "conv3"]:
        h = h if name == "conv1" else F.leaky_relu(h, 0.2)
        h = F.conv2d(h, kernel(p[f"{name}.weight"]), p[f"{name}.bias"], stride=2, padding=1)
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


def linear(p, name, h):
    return h @ p[f"{name}.weight"] + p[f"{name}.bias"]


def mlp_features(p, x):
    for name in ["hidden1", "hidden2"]:
        x = F.leaky_relu(linear(p, name, x), 0.2)
    return x


def conv(p, name, h, **how):
    return F.conv2d(h, kernel(p[f"{name}.weight"]), p.get(f"{name}.bias"), **how)


def stylegan2_features(p, x):
    h = F.leaky_relu(conv(p, "grey", x.view(-1, 1, 28, 28)), 0.2)
    for name in ["block28", "block14"]:
        inside = F.leaky_relu(conv(p, f"{name}.conv", h, padding=1), 0.2)
        inside = F.leaky_relu(conv(p, f"{name}.down", inside, stride=2, padding=1), 0.2)
        h = conv(p, f"{name}.skip", halve(h)) + inside
    return F.leaky_relu(conv(p, "block7.conv", h, padding=1), 0.2)


def biggan_features(p, x):
    h = conv(p, "grey", x.view(-1, 1, 28, 28), padding=1)
    for name in ["block28", "block14"]:
        inside = conv(p, f"{name}.conv", F.relu(h), padding=1)
        h = conv(p, f"{name}.skip", halve(h)) + conv(p, f"{name}.down", F.relu(inside), stride=2, padding=1)
    inside = conv(p, "block7.conv1", F.relu(h), padding=1)
    h = h + conv(p, "block7.conv2", F.relu(inside), padding=1)
    return F.relu(h).mean((2, 3))


def normed(p, name, h, kind):  # and bent
    norm = {"batch": batch_norm, "layer": layer_norm}[kind]
    return F.leaky_relu(norm(h, p[f"{name}.norm.scale"], p[f"{name}.norm.shift"]), 0.2)


def up(p, name, h, kind):
    return normed(p, name, F.conv_transpose2d(h, kernel(p[f"{name}.weight"]), stride=2, padding=1), kind)


def unet_generator(p, source, kind):
    fine = F.leaky_relu(conv(p, "start", source.view(-1, 1, 28, 28), padding=1), 0.2)
    middle = normed(p, "down1", conv(p, "down1", fine, stride=2, padding=1), kind)
    coarse = normed(p, "down2", conv(p, "down2", middle, stride=2, padding=1), kind)
    coarse = normed(p, "bottom", conv(p, "bottom", coarse, padding=1), kind)
    h = torch.cat([up(p, "up1", coarse, kind), middle], 1)
    h = torch.cat([up(p, "up2", h, kind), fine], 1)
    return torch.tanh(conv(p, "picture", h)).flatten(1)


def enlarger_generator(p, source, kind):
    source = source.view(-1, 1, 7, 7)
    h = F.leaky_relu(conv(p, "start", source, padding=1), 0.2)
    for name in ["block1", "block2"]:
        inside = normed(p, name, conv(p, f"{name}.conv1", h, padding=1), kind)
        h = h + conv(p, f"{name}.conv2", inside, padding=1)
    h = up(p, "up2", up(p, "up1", h, kind), kind)
    return torch.tanh(conv(p, "picture", h) + 2 * double(double(source))).flatten(1)


def mocogan_generator(p, z, kind, labels):  # labels: one-hot (n, 10)
    content, motion = torch.cat([z[:, :-8], 3 * labels], 1), z[:, -8:]
    path = linear(p, "motion.path", F.leaky_relu(linear(p, "motion.hidden", motion), 0.2))
    poses = path.view(len(z), -1, 16)  # (n, frames, 16)
    seen = torch.cat([content[:, None].expand(-1, poses.shape[1], -1), poses], 2)
    return dcgan_generator(p, seen.flatten(0, 1), kind).view(len(z), -1)


GENERATORS = {
    "dcgan": dcgan_generator, "residual": residual_generator, "unet": unet_generator, "enlarger": enlarger_generator,
    "mocogan": mocogan_generator,
}
FEATURES = {
    "mlp": mlp_features, "dcgan": dcgan_features, "residual": residual_features, "stylegan2": stylegan2_features,
    "biggan": biggan_features, "patch": dcgan_features,
}


def discriminator(p, network, x, labels=None):  # labels: one-hot (n, 10), where it has parameters for them
    if "label.plane" in p:
        x = x + labels @ p["label.plane"]
    h = FEATURES[network](p, x)
    if network == "patch":
        return conv(p, "logit", h, padding=1).flatten(1)
    if h.dim() == 4:
        h = h.permute(0, 2, 3, 1).flatten(1)
    if "hidden.weight" in p:
        h = F.leaky_relu(h @ p["hidden.weight"], 0.2)
    direction = p["logit.weight"]
    if "projection.weight" in p:
        direction = direction + labels @ p["projection.weight"]
    return (h * direction).sum(1) + p.get("logit.bias", 0.0)
