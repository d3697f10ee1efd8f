using System.CommandLine;
using UniVG.Finetuning.Training.Settings;

namespace UniVG.Notebooks.Commands;

/// <summary>The options with which <c>train</c> and <c>step</c> begin a run, in groups; more of them are a line here.</summary>
internal sealed class RunOptions
{
    /// <summary>How to train.</summary>
    public TrainingOptions Training { get; } = new();

    /// <summary>Where the finished adapter goes.</summary>
    public OutputOptions Output { get; } = new();

    /// <summary>When the run saves itself.</summary>
    public SavingOptions Saves { get; } = new();

    /// <summary>Which logs it writes.</summary>
    public LoggingOptions Logs { get; } = new();

    /// <summary>All of them, in the order of help.</summary>
    public IReadOnlyList<OptionGroup> Groups => [.. Training.Groups, Output.Group, Saves.Group, Logs.Group];

    /// <summary>The options of a line that only the beginning of a run can take; those of samples a run takes at any time.</summary>
    public IEnumerable<string> GivenForStart(ParseResult arguments)
    {
        var atAnyTime = Training.Given(arguments).Where(s => s.Group == SettingGroup.Watching).Select(s => "--" + s.Name);
        return Groups.SelectMany(group => group.Options).Where(o => arguments.GetResult(o) is { Implicit: false }).Select(o => o.Name).Except(atAnyTime);
    }
}
