"""What UNet and VAE have in common, with the names of diffusers. Built on the 'meta' device: weights come from a file."""
import math

import torch
from torch import nn
from torch.nn import functional as F

META = {"device": "meta"}
HAS_SDPA = hasattr(F, "scaled_dot_product_attention")


def linear(n_in, n_out, bias=True):
    return nn.Linear(n_in, n_out, bias=bias, **META)


def conv(n_in, n_out, kernel, stride=1, padding=0):
    return nn.Conv2d(n_in, n_out, kernel, stride=stride, padding=padding, **META)


def group_norm(groups, channels, eps):
    return nn.GroupNorm(groups, channels, eps=eps, **META)


def layer_norm(features):
    return nn.LayerNorm(features, **META)


def attend(query, key, value, heads):
    """(B, n, features), (B, m, features) twice -> (B, n, features), as kohya's trainer with --sdpa, or without where torch has none."""
    batch, length, features = query.shape
    size = features // heads
    if HAS_SDPA:
        query, key, value = (x.view(batch, -1, heads, size).transpose(1, 2) for x in (query, key, value))
        return F.scaled_dot_product_attention(query, key, value).transpose(1, 2).reshape(batch, length, features)

    query, key, value = (
        x.reshape(batch, -1, heads, size).permute(0, 2, 1, 3).reshape(batch * heads, -1, size) for x in (query, key, value))
    scores = torch.baddbmm(
        torch.empty(query.shape[0], query.shape[1], key.shape[1], dtype=query.dtype, device=query.device),
        query, key.transpose(-1, -2), beta=0, alpha=1 / math.sqrt(size))
    mixed = torch.bmm(scores.softmax(dim=-1), value)
    return mixed.reshape(batch, heads, length, size).permute(0, 2, 1, 3).reshape(batch, length, features)


class ResnetBlock(nn.Module):
    def __init__(self, n_in, n_out, groups, eps, time_features=None):
        super().__init__()
        self.norm1 = group_norm(groups, n_in, eps)
        self.conv1 = conv(n_in, n_out, 3, padding=1)
        if time_features is not None:
            self.time_emb_proj = linear(time_features, n_out)
        self.norm2 = group_norm(groups, n_out, eps)
        self.conv2 = conv(n_out, n_out, 3, padding=1)
        self.conv_shortcut = conv(n_in, n_out, 1) if n_in != n_out else None

    def forward(self, x, time=None):
        h = self.conv1(F.silu(self.norm1(x)))
        if time is not None:
            h = h + self.time_emb_proj(F.silu(time))[:, :, None, None]
        h = self.conv2(F.silu(self.norm2(h)))
        return (x if self.conv_shortcut is None else self.conv_shortcut(x)) + h


class Downsample(nn.Module):
    def __init__(self, channels, pads_both_sides):
        super().__init__()
        self.pads_both_sides = pads_both_sides
        self.conv = conv(channels, channels, 3, stride=2, padding=1 if pads_both_sides else 0)

    def forward(self, x):
        return self.conv(x if self.pads_both_sides else F.pad(x, (0, 1, 0, 1)))


class Upsample(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.conv = conv(channels, channels, 3, padding=1)

    def forward(self, x):
        return self.conv(F.interpolate(x, scale_factor=2.0, mode="nearest"))
