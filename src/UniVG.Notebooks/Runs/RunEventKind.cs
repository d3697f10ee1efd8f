namespace UniVG.Notebooks.Runs;

/// <summary>What a line of a run's event file tells.</summary>
public enum RunEventKind
{
    /// <summary>The run stands ready: title, steps and epochs planned.</summary>
    Began,

    /// <summary>Something other than steps is done, such as loading the model.</summary>
    Activity,

    /// <summary>A step was taken.</summary>
    Step,

    /// <summary>The validation loss was measured.</summary>
    Validation,

    /// <summary>Settings were changed.</summary>
    Change,

    /// <summary>An adapter or a state was written.</summary>
    Saved,

    /// <summary>Samples were drawn.</summary>
    Samples,

    /// <summary>Something went wrong without ending the run.</summary>
    Warning,

    /// <summary>The run has ended, well or not; the last event.</summary>
    Ended,
}
