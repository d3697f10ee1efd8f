namespace UniVG.Finetuning.Adapters;

/// <summary>A setting that one method has and the others lack, such as LoKr's <c>factor</c>.</summary>
/// <param name="Name">LyCORIS' name of it; commands write hyphens for the underscores.</param>
/// <param name="Description">What it does, for help.</param>
/// <param name="IsFlag">Whether it is on (1) or off (0); else it is a whole number.</param>
public sealed record AdapterOption(string Name, string Description, bool IsFlag = false)
{
    /// <summary>Reads it from the method's configuration.</summary>
    public required Func<AdapterConfig, int> Get { get; init; }

    /// <summary>The configuration with another value.</summary>
    public required Func<AdapterConfig, int, AdapterConfig> With { get; init; }
}
