namespace UniVG.Diffusion.Images;

/// <summary>How stored pixels become 8-bit RGB.</summary>
public sealed record ImageReadOptions
{
    /// <summary>
    /// The window of grey pictures with more than 8 bits. Default null: each picture's own, from <see cref="LowPercentile"/> to
    /// <see cref="HighPercentile"/> of its pixels.
    /// </summary>
    public GrayWindow? Window { get; init; }

    /// <summary>The percentage of pixels that become black where <see cref="Window"/> is null. Default 0.5.</summary>
    public double LowPercentile { get; init; } = 0.5;

    /// <summary>The percentage of pixels below those that become white where <see cref="Window"/> is null. Default 99.5.</summary>
    public double HighPercentile { get; init; } = 99.5;

    /// <summary>What shows behind transparent pixels. Default black.</summary>
    public RgbColor Background { get; init; } = RgbColor.Black;

    /// <summary>Whether transparent pixels keep their stored colour instead, as in kohya's trainer. Default false.</summary>
    public bool IgnoreAlpha { get; init; }

    /// <summary>Checks the window and the percentiles.</summary>
    /// <exception cref="UniVGException">They are impossible.</exception>
    public void Validate()
    {
        Window?.Validate();
        if (LowPercentile is not (>= 0 and < 100) || HighPercentile is not (> 0 and <= 100) || LowPercentile >= HighPercentile)
            throw new UniVGException($"Grey percentiles of {LowPercentile} to {HighPercentile} are impossible; give two rising values from 0 to 100.");
    }
}
