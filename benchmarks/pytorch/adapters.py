"""LoRA as kohya's networks.lora and LoHA as LyCORIS 3.2 apply them: the forward of each adapted layer is replaced."""
import torch
from torch import nn

import place
import weights


class Lora(nn.Module):
    def __init__(self, layer, tensors, alpha):
        super().__init__()
        down, up = tensors["lora_down.weight"], tensors["lora_up.weight"]
        self.scale = alpha / down.shape[0]
        if isinstance(layer, nn.Conv2d):
            self.lora_down = nn.Conv2d(layer.in_channels, down.shape[0], layer.kernel_size, layer.stride, layer.padding, bias=False)
            self.lora_up = nn.Conv2d(down.shape[0], layer.out_channels, 1, bias=False)
        else:
            self.lora_down = nn.Linear(layer.in_features, down.shape[0], bias=False)
            self.lora_up = nn.Linear(down.shape[0], layer.out_features, bias=False)
        self.lora_down.weight = nn.Parameter(down.clone())
        self.lora_up.weight = nn.Parameter(up.clone())
        self.org_forward = layer.forward
        layer.forward = self.forward

    def forward(self, x):
        return self.org_forward(x) + self.lora_up(self.lora_down(x)) * 1.0 * self.scale


class HadaWeight(torch.autograd.Function):
    """The scaled product of two products, of which the factors alone are kept for the backward pass."""

    @staticmethod
    def forward(ctx, w1a, w1b, w2a, w2b, scale):
        ctx.save_for_backward(w1a, w1b, w2a, w2b, scale)
        return ((w1a @ w1b) * (w2a @ w2b)) * scale

    @staticmethod
    def backward(ctx, outer):
        w1a, w1b, w2a, w2b, scale = ctx.saved_tensors
        outer = outer * scale
        inner = outer * (w2a @ w2b)
        gradients = [inner @ w1b.T, w1a.T @ inner]
        inner = outer * (w1a @ w1b)
        return (*gradients, inner @ w2b.T, w2a.T @ inner, None)


class Loha(nn.Module):
    NAMES = ("hada_w1_a", "hada_w1_b", "hada_w2_a", "hada_w2_b")

    def __init__(self, layer, tensors, alpha):
        super().__init__()
        for name in self.NAMES:
            setattr(self, name, nn.Parameter(tensors[name].clone()))
        self.scale = torch.tensor(alpha / self.hada_w1_b.shape[0], device=place.device)
        self.scalar = torch.tensor(1.0, device=place.device)
        self.layer = [layer]  # in a list, so that it does not become a part of this module
        layer.forward = self.forward

    def forward(self, x):
        layer = self.layer[0]
        change = HadaWeight.apply(self.hada_w1_a, self.hada_w1_b, self.hada_w2_a, self.hada_w2_b, self.scale)
        weight = layer.weight.data + change.reshape(layer.weight.shape) * self.scalar * 1.0
        if isinstance(layer, nn.Conv2d):
            return nn.functional.conv2d(x, weight, layer.bias, layer.stride, layer.padding)
        return nn.functional.linear(x, weight, layer.bias)


METHODS = {"lora": Lora, "loha": Loha}


def attach(path, kind, unet, text_encoder):
    """Attaches an adapter file in kohya's names; returns its modules, those of the UNet and those of the text encoder."""
    layers = {
        prefix + name.replace(".", "_"): module
        for prefix, model in (("lora_unet_", unet), ("lora_te_", text_encoder))
        for name, module in model.named_modules()
        if isinstance(module, (nn.Linear, nn.Conv2d))
    }
    files = {}
    for key, tensor in weights.read(path).items():
        layer, suffix = key.split(".", 1)
        files.setdefault(layer, {})[suffix] = tensor
    of_unet, of_text = nn.ModuleList(), nn.ModuleList()
    for name, tensors in files.items():
        module = METHODS[kind](layers[name], tensors, tensors["alpha"].item()).to(place.device)
        (of_unet if name.startswith("lora_unet_") else of_text).append(module)
    return of_unet, of_text
