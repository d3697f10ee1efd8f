using System.CommandLine;
using UniVG.Diffusion;
using UniVG.Diffusion.Images;
using UniVG.Diffusion.Sampling;
using UniVG.Notebooks.Session;

namespace UniVG.Notebooks.Commands;

/// <summary>The options that say how pictures are drawn.</summary>
internal sealed class ImageOptions
{
    private readonly Option<string?> _negative = OptionFactory.Text("--negative", "what not to draw; default nothing");
    private readonly Option<int?> _count = OptionFactory.Integer("--count", "number of pictures; default 4");
    private readonly Option<PixelSize?> _size = OptionFactory.Size("--size", "size of the pictures; default the model's own (512 for SD 1.5)");
    private readonly Option<int?> _steps = OptionFactory.Integer("--steps", "steps of the sampler; default 20");
    private readonly Option<double?> _cfg = OptionFactory.Number("--cfg", "guidance: how strongly to follow the prompt; default 7 (tiny: 3)");
    private readonly Option<string?> _sampler = OptionFactory.Choice("--sampler", "how noise becomes a picture; default ddim", KnownSamplers.All.Select(s => s.Name));
    private readonly Option<int?> _seed = OptionFactory.Integer("--seed", "seed of the first picture, the next count up; default 0", min: 0);
    private readonly Option<int?> _clipSkip = OptionFactory.Integer("--clip-skip", "text encoder layer, counted from the last; default the run's, else 1");

    /// <summary>The options.</summary>
    public IReadOnlyList<Option> All => [_negative, _count, _size, _steps, _cfg, _sampler, _seed, _clipSkip];

    /// <summary>The number of pictures that a line asks for; null where it does not say.</summary>
    public int? Count(ParseResult arguments) => arguments.GetValue(_count);

    /// <summary>The request of a line.</summary>
    /// <param name="prompt">What to draw; null takes the first trigger word.</param>
    /// <param name="arguments">The line.</param>
    /// <param name="session">Knows what suits model and run.</param>
    /// <exception cref="UniVGException">There is no model, or a value is impossible.</exception>
    public ImageRequest Read(string? prompt, ParseResult arguments, UniVGSession session)
    {
        var defaults = session.NewRequest(prompt);
        var size = arguments.GetValue(_size);
        var request = defaults with
        {
            NegativePrompt = arguments.GetValue(_negative) ?? defaults.NegativePrompt,
            Count = arguments.GetValue(_count) ?? defaults.Count,
            Width = size?.Width,
            Height = size?.Height,
            Steps = arguments.GetValue(_steps) ?? defaults.Steps,
            GuidanceScale = arguments.GetValue(_cfg) ?? defaults.GuidanceScale,
            Sampler = arguments.GetValue(_sampler) ?? defaults.Sampler,
            Seed = arguments.GetValue(_seed) ?? defaults.Seed,
            ClipSkip = arguments.GetValue(_clipSkip) ?? defaults.ClipSkip,
        };
        request.Validate();
        return request;
    }
}
