using System.CommandLine;
using UniVG.Diffusion;
using UniVG.Finetuning.Training;
using UniVG.Finetuning.Training.Settings;
using UniVG.Notebooks.Commands.Completion;
using UniVG.Notebooks.Displays;
using UniVG.Notebooks.Displays.Cards;

namespace UniVG.Notebooks.Commands;

/// <summary><c>#!univg set NAME=VALUE…</c>: changes settings of the run between its steps.</summary>
public sealed class SetCommand : UniVGCommand
{
    private readonly Argument<string[]> _values = SettingArgument("what to change, such as lr=5e-5 min-snr-gamma=5; nothing lists what may change");

    /// <summary>Creates the command.</summary>
    public SetCommand()
        : base("set", "Changes settings of the run from its next step on.")
    {
        Arguments.Add(_values);
    }

    /// <inheritdoc/>
    public override string Example => "#!univg set lr=5e-5 sample-every=50";

    /// <inheritdoc/>
    public override string CSharp => "univg.Run.Change(univg.Run.Config with { LearningRate = 5e-5, SampleEvery = 50 })";

    /// <inheritdoc/>
    public override Task RunAsync(ParseResult arguments, CommandContext context)
    {
        var run = context.Session.Run ?? throw new UniVGException("There is no run to change; begin one with '#!univg step' or '#!univg train'.");
        var values = arguments.GetValue(_values) ?? [];
        run.Change(TrainingSettings.Apply(run.Config, values));
        context.Host.Display((values.Length == 0 ? WhatMayChange(run.Config) : SessionCard.Of(run)).ToBundle());
        return Task.CompletedTask;
    }

    /// <summary>Any number of NAME=VALUE, with the names of all settings for completion.</summary>
    internal static Argument<string[]> SettingArgument(string description) => new SuggestingArgument<string[]>("settings", ValueSources.ChangedSettings)
    {
        Description = description,
        Arity = ArgumentArity.ZeroOrMore,
    };

    private static Card WhatMayChange(TrainingConfig config) => new("Settings that may change between steps")
    {
        Tables =
        [
            new Table(
                [new("setting"), new("now"), new("meaning")],
                [.. TrainingSettings.Changeable.Select(setting => new[] { setting.Name, setting.Read(config), setting.Meaning })]),
        ],
    };
}
