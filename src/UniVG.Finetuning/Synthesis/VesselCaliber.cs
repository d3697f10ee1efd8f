namespace UniVG.Finetuning.Synthesis;

/// <summary>How wide the vessels are.</summary>
public enum VesselCaliber
{
    /// <summary>Narrow vessels.</summary>
    Thin,

    /// <summary>Wide vessels.</summary>
    Thick,
}
