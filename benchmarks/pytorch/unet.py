"""The UNet of Stable Diffusion 1.x as diffusers and kohya's trainer run it: eager modules of torch.nn."""
import math

import torch
from torch import nn
from torch.nn import functional as F

from layers import Downsample, ResnetBlock, Upsample, attend, conv, group_norm, layer_norm, linear


class CrossAttention(nn.Module):
    def __init__(self, features, context_features, heads):
        super().__init__()
        self.heads = heads
        self.to_q = linear(features, features, bias=False)
        self.to_k = linear(context_features, features, bias=False)
        self.to_v = linear(context_features, features, bias=False)
        self.to_out = nn.ModuleList([linear(features, features)])

    def forward(self, x, context=None):
        context = x if context is None else context
        return self.to_out[0](attend(self.to_q(x), self.to_k(context), self.to_v(context), self.heads))


class Geglu(nn.Module):
    def __init__(self, features):
        super().__init__()
        self.proj = linear(features, 8 * features)

    def forward(self, x):
        value, gate = self.proj(x).chunk(2, dim=-1)
        return value * F.gelu(gate)


class FeedForward(nn.Module):
    def __init__(self, features):
        super().__init__()
        self.net = nn.ModuleList([Geglu(features), nn.Identity(), linear(4 * features, features)])

    def forward(self, x):
        return self.net[2](self.net[0](x))


class TransformerBlock(nn.Module):
    def __init__(self, features, context_features, heads):
        super().__init__()
        self.attn1 = CrossAttention(features, features, heads)
        self.ff = FeedForward(features)
        self.attn2 = CrossAttention(features, context_features, heads)
        self.norm1, self.norm2, self.norm3 = layer_norm(features), layer_norm(features), layer_norm(features)

    def forward(self, x, context):
        x = self.attn1(self.norm1(x)) + x
        x = self.attn2(self.norm2(x), context) + x
        return self.ff(self.norm3(x)) + x


class SpatialTransformer(nn.Module):
    def __init__(self, channels, context_features, heads, groups):
        super().__init__()
        self.norm = group_norm(groups, channels, 1e-6)
        self.proj_in = conv(channels, channels, 1)
        self.transformer_blocks = nn.ModuleList([TransformerBlock(channels, context_features, heads)])
        self.proj_out = conv(channels, channels, 1)

    def forward(self, x, context):
        batch, channels, height, width = x.shape
        tokens = self.proj_in(self.norm(x)).permute(0, 2, 3, 1).reshape(batch, height * width, channels)
        tokens = self.transformer_blocks[0](tokens, context)
        return self.proj_out(tokens.reshape(batch, height, width, channels).permute(0, 3, 1, 2).contiguous()) + x


class TimeEmbedding(nn.Module):
    def __init__(self, channels, features):
        super().__init__()
        self.linear_1 = linear(channels, features)
        self.linear_2 = linear(features, features)

    def forward(self, x):
        return self.linear_2(F.silu(self.linear_1(x)))


class Level(nn.Module):
    """Residual blocks, each followed by attention where the level has it, then perhaps a change of size."""

    def __init__(self, sizes, config, heads, has_attention):
        super().__init__()
        channels, groups = sizes[0][1], config["norm_num_groups"]
        time_features = 4 * config["block_out_channels"][0]
        self.resnets = nn.ModuleList(ResnetBlock(n_in, n_out, groups, config["norm_eps"], time_features) for n_in, n_out in sizes)
        self.attentions = nn.ModuleList(
            SpatialTransformer(channels, config["cross_attention_dim"], heads, groups) for _ in (sizes if has_attention else []))

    def layer(self, i, x, time, context):
        h = self.resnets[i](x, time)
        return self.attentions[i](h, context) if len(self.attentions) > 0 else h


class MidBlock(nn.Module):
    def __init__(self, config, heads):
        super().__init__()
        channels, groups = config["block_out_channels"][-1], config["norm_num_groups"]
        time_features = 4 * config["block_out_channels"][0]
        self.attentions = nn.ModuleList([SpatialTransformer(channels, config["cross_attention_dim"], heads, groups)])
        self.resnets = nn.ModuleList(ResnetBlock(channels, channels, groups, config["norm_eps"], time_features) for _ in range(2))

    def forward(self, x, time, context):
        return self.resnets[1](self.attentions[0](self.resnets[0](x, time), context), time)


class UNet(nn.Module):
    def __init__(self, config):
        super().__init__()
        channels, layers = config["block_out_channels"], config["layers_per_block"]
        heads = config["attention_head_dim"]
        heads = heads if isinstance(heads, list) else [heads] * len(channels)
        self.channels = channels[0]
        self.conv_in = conv(config["in_channels"], channels[0], 3, padding=1)
        self.time_embedding = TimeEmbedding(channels[0], 4 * channels[0])

        skips = [channels[0]]
        self.down_blocks, self.up_blocks = nn.ModuleList(), nn.ModuleList()
        for level, size in enumerate(channels):
            sizes = [(skips[-1] if i == 0 else size, size) for i in range(layers)]
            block = Level(sizes, config, heads[level], config["down_block_types"][level].startswith("CrossAttn"))
            skips += [size] * layers
            if level < len(channels) - 1:
                block.downsamplers = nn.ModuleList([Downsample(size, pads_both_sides=True)])
                skips.append(size)
            self.down_blocks.append(block)

        self.mid_block = MidBlock(config, heads[-1])
        last = channels[-1]
        for i, size in enumerate(reversed(channels)):
            sizes = [((last if j == 0 else size) + skips.pop(), size) for j in range(layers + 1)]
            level = len(channels) - 1 - i
            block = Level(sizes, config, heads[level], config["up_block_types"][i].startswith("CrossAttn"))
            if level > 0:
                block.upsamplers = nn.ModuleList([Upsample(size)])
            self.up_blocks.append(block)
            last = size

        self.conv_norm_out = group_norm(config["norm_num_groups"], channels[0], config["norm_eps"])
        self.conv_out = conv(channels[0], config["out_channels"], 3, padding=1)

    def forward(self, latents, timesteps, context):
        time = self.time_embedding(sinusoid(timesteps, self.channels))
        h = self.conv_in(latents)
        skips = [h]
        for block in self.down_blocks:
            for i in range(len(block.resnets)):
                h = block.layer(i, h, time, context)
                skips.append(h)
            if hasattr(block, "downsamplers"):
                h = block.downsamplers[0](h)
                skips.append(h)

        h = self.mid_block(h, time, context)
        for block in self.up_blocks:
            for i in range(len(block.resnets)):
                h = block.layer(i, torch.cat([h, skips.pop()], dim=1), time, context)
            if hasattr(block, "upsamplers"):
                h = block.upsamplers[0](h)
        return self.conv_out(F.silu(self.conv_norm_out(h)))


def sinusoid(timesteps, channels):
    half = channels // 2
    frequencies = torch.exp(torch.arange(half, dtype=torch.float32, device=timesteps.device) * (-math.log(10000) / half))
    angles = timesteps[:, None].float() * frequencies[None, :]
    return torch.cat([torch.cos(angles), torch.sin(angles)], dim=-1)
