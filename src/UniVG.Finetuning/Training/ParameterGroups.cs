using UniVG.Diffusion;
using UniVG.Finetuning.Adapters;
using UniVG.Finetuning.Training.Optimizers;

namespace UniVG.Finetuning.Training;

/// <summary>
/// The trainable tensors in groups of one rate each: UNet and text encoder; with LoRA+ (Hayou et al. 2024) the ups of both apart, with
/// a higher rate, as in kohya.
/// </summary>
internal sealed class ParameterGroups
{
    private const string UpSuffix = "lora_up.weight";
    private readonly IReadOnlyList<ParameterGroup> _unet;
    private readonly IReadOnlyList<ParameterGroup> _textEncoder;

    /// <summary>Sorts the tensors.</summary>
    /// <exception cref="UniVGException">LoRA+ is asked for, and the adapter is no LoRA.</exception>
    public ParameterGroups(AdapterNetwork adapter, TrainingConfig config)
    {
        (_unet, _textEncoder) = (Split("unet", adapter.UNet, config), Split("text_encoder", adapter.TextEncoder, config));
        All = [.. _unet.Concat(_textEncoder).Where(group => group.Parameters.Count > 0)];
        if (config.LoraPlusRatio is not null && adapter.Adapters.All(a => a.Parameters.All(p => p.Suffix != UpSuffix)))
            throw new UniVGException($"--loraplus-lr-ratio is for LoRA, and the adapter is a {adapter.Config.Kind}; leave it out.");
    }

    /// <summary>All groups that hold something.</summary>
    public IReadOnlyList<ParameterGroup> All { get; }

    /// <summary>The UNet's rate in the present step, LoRA+ aside.</summary>
    public double UNetRate => _unet[0].LearningRate;

    /// <summary>The text encoder's rate in the present step; 0 where it is not trained.</summary>
    public double TextEncoderRate => _textEncoder[0].Parameters.Count > 0 ? _textEncoder[0].LearningRate : 0;

    /// <summary>Sets the rates of the next step.</summary>
    /// <param name="config">The base rates.</param>
    /// <param name="factor">The schedule's factor.</param>
    public void SetRates(TrainingConfig config, double factor)
    {
        SetRates(_unet, config.LearningRate * factor, config);
        SetRates(_textEncoder, config.TextEncoderLearningRate * factor, config);
    }

    private static void SetRates(IReadOnlyList<ParameterGroup> groups, double rate, TrainingConfig config)
    {
        groups[0].LearningRate = rate;
        if (groups.Count > 1) groups[1].LearningRate = rate * config.LoraPlusRatio!.Value;
    }

    private static IReadOnlyList<ParameterGroup> Split(string name, IEnumerable<Adapter> adapters, TrainingConfig config)
    {
        var parameters = adapters.SelectMany(a => a.Parameters).ToList();
        if (config.LoraPlusRatio is null) return [new ParameterGroup(name, [.. parameters.Select(p => p.Tensor)], 0)];
        return
        [
            new ParameterGroup(name, [.. parameters.Where(p => p.Suffix != UpSuffix).Select(p => p.Tensor)], 0),
            new ParameterGroup(name + "_plus", [.. parameters.Where(p => p.Suffix == UpSuffix).Select(p => p.Tensor)], 0),
        ];
    }
}
