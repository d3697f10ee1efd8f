using System.CommandLine;
using UniVG.Diffusion;
using UniVG.Finetuning.Adapters;
using UniVG.Finetuning.Training;
using UniVG.Finetuning.Training.Settings;
using UniVG.Notebooks.Commands.Completion;

namespace UniVG.Notebooks.Commands;

/// <summary>One option for each of the <see cref="TrainingSettings"/>.</summary>
internal sealed class TrainingOptions
{
    private static readonly Dictionary<SettingGroup, string> Titles = new()
    {
        [SettingGroup.Plan] = "how long",
        [SettingGroup.Rates] = "rates and optimizer",
        [SettingGroup.Loss] = "loss",
        [SettingGroup.Noise] = "noise and timesteps",
        [SettingGroup.Model] = "captions and memory",
        [SettingGroup.Watching] = "samples and validation",
    };

    private readonly IReadOnlyList<(TrainingSetting Setting, Option Option)> _options =
        [.. TrainingSettings.All.Select(setting => (setting, OptionOf(setting)))];

    /// <summary>The options by what they are about.</summary>
    public IReadOnlyList<OptionGroup> Groups =>
        [.. _options.GroupBy(o => o.Setting.Group).Select(group => new OptionGroup(Titles[group.Key], [.. group.Select(o => o.Option)]))];

    /// <summary>The settings that a line gives.</summary>
    public IEnumerable<TrainingSetting> Given(ParseResult arguments) =>
        _options.Where(o => arguments.GetResult(o.Option) is { Implicit: false }).Select(o => o.Setting);

    /// <summary>The configuration: what the line gives, else the guide's values for the kind of adapter.</summary>
    public TrainingConfig Read(ParseResult arguments, AdapterConfig adapter, long adapterSeed)
    {
        var config = Apply(arguments, TrainingConfig.For(adapter) with { Seed = adapterSeed });
        return UsualRates.Fill(config, [.. Given(arguments).Select(setting => setting.Name)]);
    }

    /// <summary>A configuration with what a line gives.</summary>
    /// <exception cref="UniVGException">The line gives both steps and epochs.</exception>
    public TrainingConfig Apply(ParseResult arguments, TrainingConfig config)
    {
        var given = Given(arguments).ToList();
        if (given.Exists(setting => setting.Name == "steps") && given.Exists(setting => setting.Name == "epochs"))
            throw new UniVGException("--steps and --epochs both say how long to train; give one of them.");
        return given.Aggregate(config, (changed, setting) => setting.Write(changed, TextOf(setting, arguments)));
    }

    private string TextOf(TrainingSetting setting, ParseResult arguments) =>
        _options.First(o => o.Setting == setting).Option is Option<string?> option ? arguments.GetValue(option)! : "true";

    private static Option OptionOf(TrainingSetting setting)
    {
        var name = "--" + setting.Name;
        if (setting.ValueName is null) return OptionFactory.Flag(name, setting.Meaning);
        return new SuggestingOption<string?>(name, ValueSources.Words(setting.Choices))
        {
            Description = setting.Meaning,
            HelpName = setting.ValueName,
            CustomParser = result =>
            {
                try
                {
                    setting.Write(new TrainingConfig(), result.Tokens[0].Value);
                }
                catch (UniVGException e)
                {
                    result.AddError(e.Message);
                }

                return result.Tokens[0].Value;
            },
        };
    }
}
