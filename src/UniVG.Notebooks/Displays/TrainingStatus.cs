namespace UniVG.Notebooks.Displays;

/// <summary>How a run stands.</summary>
public enum TrainingStatus
{
    /// <summary>Steps are being made; the display will be updated again.</summary>
    Running,

    /// <summary>All planned steps are done.</summary>
    Finished,

    /// <summary>Stopped before the end, by the user or after the steps asked for; it can go on.</summary>
    Stopped,

    /// <summary>Ended by an error.</summary>
    Failed,
}
