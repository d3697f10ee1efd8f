using System.CommandLine;
using UniVG.Finetuning.Training.State;

namespace UniVG.Notebooks.Commands;

/// <summary>The options that say when a run saves itself.</summary>
internal sealed class SavingOptions
{
    private readonly Option<int?> _every = OptionFactory.Integer("--save-every", "writes adapter and state each N steps; default never", min: 0);
    private readonly Option<int?> _everyEpochs = OptionFactory.Integer("--save-every-epochs", "writes adapter and state each N epochs; default never", min: 0);
    private readonly Option<int?> _keep = OptionFactory.Integer("--keep-states", "how many of its states a run keeps, the newest, 0 for all; default 2", min: 0);
    private readonly Option<double?> _minutes = OptionFactory.Number("--state-minutes", "writes the state where none was written for X minutes, 0 never does; default 10");

    /// <summary>The options.</summary>
    public OptionGroup Group => new("saves (#!univg resume goes on from a state)", [_every, _everyEpochs, _keep, _minutes]);

    /// <summary>A schedule with what a line gives.</summary>
    public SaveSchedule Read(ParseResult arguments, SaveSchedule defaults) => new()
    {
        EverySteps = arguments.GetValue(_every) ?? defaults.EverySteps,
        EveryEpochs = arguments.GetValue(_everyEpochs) ?? defaults.EveryEpochs,
        KeepStates = arguments.GetValue(_keep) ?? defaults.KeepStates,
        StateMinutes = arguments.GetValue(_minutes) ?? defaults.StateMinutes,
    };
}
