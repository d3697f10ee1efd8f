namespace UniVG.Notebooks.Displays.Charts;

/// <summary>What a mark on a loss curve stands for.</summary>
public enum ChartMarkerKind
{
    /// <summary>Sample images were drawn after this step.</summary>
    Sample,

    /// <summary>The adapter was saved after this step.</summary>
    Save,

    /// <summary>Settings changed after this step.</summary>
    Change,
}
