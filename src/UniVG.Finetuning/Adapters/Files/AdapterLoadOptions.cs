namespace UniVG.Finetuning.Adapters.Files;

/// <summary>How to attach a file's adapters.</summary>
public sealed record AdapterLoadOptions
{
    /// <summary>Whether a file may hold adapters of layers that the model lacks; they are left out.</summary>
    public bool AllowPartial { get; init; }

    /// <summary>Whether the model may carry other adapters already; all of them act together.</summary>
    public bool KeepOthers { get; init; }

    /// <summary>The strength: 1 as trained.</summary>
    public double Multiplier { get; init; } = 1;
}
