using UniVG.Finetuning.Training;

namespace UniVG.Notebooks.Displays.Charts;

/// <summary>A mark on a loss curve.</summary>
/// <param name="Step">The step after which it happened.</param>
/// <param name="Kind">What happened.</param>
/// <param name="Label">What hovering over it says, such as a file name; null for the kind alone.</param>
public sealed record ChartMarker(int Step, ChartMarkerKind Kind, string? Label = null)
{
    /// <summary>The mark of a change of settings.</summary>
    public static ChartMarker Of(SettingsChange change) => new(change.Step, ChartMarkerKind.Change, string.Join(", ", change.Settings));
}
