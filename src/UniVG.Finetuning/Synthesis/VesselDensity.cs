namespace UniVG.Finetuning.Synthesis;

/// <summary>How closely vessels fill the picture.</summary>
public enum VesselDensity
{
    /// <summary>Few branches.</summary>
    Sparse,

    /// <summary>A usual number of branches.</summary>
    Medium,

    /// <summary>Many branches.</summary>
    Dense,
}
