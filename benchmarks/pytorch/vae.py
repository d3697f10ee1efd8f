"""The autoencoder of Stable Diffusion 1.x as diffusers runs it."""
import torch
from torch import nn
from torch.nn import functional as F

from layers import Downsample, ResnetBlock, Upsample, attend, conv, group_norm, linear

EPS = 1e-6


class Attention(nn.Module):
    def __init__(self, channels, groups):
        super().__init__()
        self.group_norm = group_norm(groups, channels, EPS)
        self.to_q, self.to_k, self.to_v = (linear(channels, channels) for _ in range(3))
        self.to_out = nn.ModuleList([linear(channels, channels)])

    def forward(self, x):
        tokens = self.group_norm(x).flatten(2).transpose(1, 2)
        mixed = self.to_out[0](attend(self.to_q(tokens), self.to_k(tokens), self.to_v(tokens), heads=1))
        return mixed.transpose(1, 2).reshape(x.shape) + x


class MidBlock(nn.Module):
    def __init__(self, channels, groups):
        super().__init__()
        self.attentions = nn.ModuleList([Attention(channels, groups)])
        self.resnets = nn.ModuleList(ResnetBlock(channels, channels, groups, EPS) for _ in range(2))

    def forward(self, x):
        return self.resnets[1](self.attentions[0](self.resnets[0](x)))


class Level(nn.Module):
    def __init__(self, n_in, n_out, layers, groups):
        super().__init__()
        self.resnets = nn.ModuleList(ResnetBlock(n_in if i == 0 else n_out, n_out, groups, EPS) for i in range(layers))

    def forward(self, x):
        for resnet in self.resnets:
            x = resnet(x)
        for sampler in [*getattr(self, "downsamplers", []), *getattr(self, "upsamplers", [])]:
            x = sampler(x)
        return x


class Encoder(nn.Module):
    def __init__(self, config):
        super().__init__()
        channels, groups = config["block_out_channels"], config["norm_num_groups"]
        self.conv_in = conv(3, channels[0], 3, padding=1)
        self.down_blocks = nn.ModuleList()
        for level, size in enumerate(channels):
            block = Level(channels[max(level - 1, 0)], size, config["layers_per_block"], groups)
            if level < len(channels) - 1:
                block.downsamplers = nn.ModuleList([Downsample(size, pads_both_sides=False)])
            self.down_blocks.append(block)
        self.mid_block = MidBlock(channels[-1], groups)
        self.conv_norm_out = group_norm(groups, channels[-1], EPS)
        self.conv_out = conv(channels[-1], 2 * config["latent_channels"], 3, padding=1)

    def forward(self, x):
        x = self.conv_in(x)
        for block in self.down_blocks:
            x = block(x)
        return self.conv_out(F.silu(self.conv_norm_out(self.mid_block(x))))


class Decoder(nn.Module):
    def __init__(self, config):
        super().__init__()
        channels, groups = list(reversed(config["block_out_channels"])), config["norm_num_groups"]
        self.conv_in = conv(config["latent_channels"], channels[0], 3, padding=1)
        self.mid_block = MidBlock(channels[0], groups)
        self.up_blocks = nn.ModuleList()
        for level, size in enumerate(channels):
            block = Level(channels[max(level - 1, 0)], size, config["layers_per_block"] + 1, groups)
            if level < len(channels) - 1:
                block.upsamplers = nn.ModuleList([Upsample(size)])
            self.up_blocks.append(block)
        self.conv_norm_out = group_norm(groups, channels[-1], EPS)
        self.conv_out = conv(channels[-1], 3, 3, padding=1)

    def forward(self, x):
        x = self.mid_block(self.conv_in(x))
        for block in self.up_blocks:
            x = block(x)
        return self.conv_out(F.silu(self.conv_norm_out(x)))


class Autoencoder(nn.Module):
    def __init__(self, config):
        super().__init__()
        latent = config["latent_channels"]
        self.scaling_factor = config["scaling_factor"]
        self.encoder, self.decoder = Encoder(config), Decoder(config)
        self.quant_conv = conv(2 * latent, 2 * latent, 1)
        self.post_quant_conv = conv(latent, latent, 1)

    def encode_mean(self, images):
        """(B, 3, H, W) in -1 .. 1 -> the mean of the latents, not scaled."""
        return self.quant_conv(self.encoder(images)).chunk(2, dim=1)[0]

    def decode(self, latents):
        """Scaled latents -> (B, 3, H, W) in -1 .. 1."""
        return self.decoder(self.post_quant_conv(latents / self.scaling_factor))
