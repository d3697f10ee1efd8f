"""The CLIP text encoder as transformers runs it eagerly."""
import torch
from torch import nn

from layers import META, layer_norm, linear


class Attention(nn.Module):
    def __init__(self, features, heads):
        super().__init__()
        self.heads = heads
        self.k_proj, self.v_proj = linear(features, features), linear(features, features)
        self.q_proj, self.out_proj = linear(features, features), linear(features, features)

    def forward(self, x, mask):
        batch, length, features = x.shape
        size = features // self.heads
        query = self.q_proj(x) * size ** -0.5
        query, key, value = (
            t.view(batch, -1, self.heads, size).transpose(1, 2).contiguous().view(batch * self.heads, -1, size)
            for t in (query, self.k_proj(x), self.v_proj(x)))
        scores = torch.bmm(query, key.transpose(1, 2)).view(batch, self.heads, length, length) + mask
        weights = scores.view(batch * self.heads, length, length).softmax(dim=-1)
        mixed = torch.bmm(weights, value).view(batch, self.heads, length, size).transpose(1, 2).reshape(batch, length, features)
        return self.out_proj(mixed)


class Mlp(nn.Module):
    def __init__(self, features, inner):
        super().__init__()
        self.fc1, self.fc2 = linear(features, inner), linear(inner, features)

    def forward(self, x):
        x = self.fc1(x)
        return self.fc2(x * torch.sigmoid(1.702 * x))


class Layer(nn.Module):
    def __init__(self, config):
        super().__init__()
        features = config["hidden_size"]
        self.self_attn = Attention(features, config["num_attention_heads"])
        self.layer_norm1 = layer_norm(features)
        self.mlp = Mlp(features, config["intermediate_size"])
        self.layer_norm2 = layer_norm(features)

    def forward(self, x, mask):
        x = x + self.self_attn(self.layer_norm1(x), mask)
        return x + self.mlp(self.layer_norm2(x))


class TextEncoder(nn.Module):
    def __init__(self, config):
        super().__init__()
        features, inside = config["hidden_size"], nn.Module()
        inside.embeddings, inside.encoder = nn.Module(), nn.Module()
        inside.embeddings.token_embedding = nn.Embedding(config["vocab_size"], features, **META)
        inside.embeddings.position_embedding = nn.Embedding(config["max_position_embeddings"], features, **META)
        inside.encoder.layers = nn.ModuleList(Layer(config) for _ in range(config["num_hidden_layers"]))
        inside.final_layer_norm = layer_norm(features)
        self.text_model = inside

    def forward(self, ids):
        length, inside = ids.shape[1], self.text_model
        x = inside.embeddings.token_embedding(ids) + inside.embeddings.position_embedding(torch.arange(length, device=ids.device))
        mask = torch.full((length, length), torch.finfo(x.dtype).min, device=ids.device).triu_(1)[None, None]
        for layer in inside.encoder.layers:
            x = layer(x, mask)
        return inside.final_layer_norm(x)
