using System.Text.Json;

namespace UniVG.Diffusion.Model;

/// <summary>
/// The dimensions of the CLIP text encoder. The defaults are those of SD 1.5 (CLIP ViT-L/14); the JSON form is transformers'
/// <c>text_encoder/config.json</c> (CLIPTextModel).
/// </summary>
public sealed record ClipTextConfig
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>The text encoder of Stable Diffusion 1.x: 123,060,480 parameters.</summary>
    public static ClipTextConfig StableDiffusion15 { get; } = new();

    /// <summary>Tokens in the vocabulary; default 49408.</summary>
    public int VocabSize { get; init; } = 49408;

    /// <summary>Features of a state; default 768.</summary>
    public int HiddenSize { get; init; } = 768;

    /// <summary>Width of the perceptrons; default 3072.</summary>
    public int IntermediateSize { get; init; } = 3072;

    /// <summary>Transformer layers; default 12.</summary>
    public int Layers { get; init; } = 12;

    /// <summary>Attention heads; default 12.</summary>
    public int Heads { get; init; } = 12;

    /// <summary>The longest sequence; default 77.</summary>
    public int MaxPositions { get; init; } = 77;

    /// <summary>Epsilon of the layer normalisations; default 1e-5.</summary>
    public double LayerNormEps { get; init; } = 1e-5;

    /// <summary>Reads transformers' config.json; keys that are absent take their default.</summary>
    /// <exception cref="UniVGException">It describes another kind of text encoder.</exception>
    public static ClipTextConfig FromJson(string json)
    {
        var reader = new ConfigReader(json, "text encoder");
        reader.Require("hidden_act", "quick_gelu");
        reader.Require("model_type", "clip_text_model");
        var config = new ClipTextConfig
        {
            VocabSize = reader.Int("vocab_size", 49408),
            HiddenSize = reader.Int("hidden_size", 768),
            IntermediateSize = reader.Int("intermediate_size", 3072),
            Layers = reader.Int("num_hidden_layers", 12),
            Heads = reader.Int("num_attention_heads", 12),
            MaxPositions = reader.Int("max_position_embeddings", 77),
            LayerNormEps = reader.Double("layer_norm_eps", 1e-5),
        };
        config.Validate();
        return config;
    }

    /// <summary>Writes the config.json that transformers reads.</summary>
    public string ToJson() => JsonSerializer.Serialize(
        new Dictionary<string, object>
        {
            ["architectures"] = new List<string> { "CLIPTextModel" },
            ["bos_token_id"] = VocabSize - 2,
            ["eos_token_id"] = VocabSize - 1,
            ["hidden_act"] = "quick_gelu",
            ["hidden_size"] = HiddenSize,
            ["intermediate_size"] = IntermediateSize,
            ["layer_norm_eps"] = LayerNormEps,
            ["max_position_embeddings"] = MaxPositions,
            ["model_type"] = "clip_text_model",
            ["num_attention_heads"] = Heads,
            ["num_hidden_layers"] = Layers,
            ["pad_token_id"] = VocabSize - 1,
            ["projection_dim"] = HiddenSize,
            ["vocab_size"] = VocabSize,
        },
        Indented);

    /// <summary>Checks that the dimensions fit together.</summary>
    /// <exception cref="UniVGException">They do not.</exception>
    public void Validate()
    {
        if (Layers < 1 || Heads < 1 || HiddenSize % Heads != 0)
        {
            throw new UniVGException(
                $"The text encoder configuration has {Layers} layers, and {HiddenSize} features for {Heads} heads; " +
                "there must be a layer, and the heads must divide the features.");
        }
    }
}
