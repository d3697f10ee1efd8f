using System.CommandLine;
using UniVG.Diffusion;
using UniVG.Finetuning.Adapters.Settings;
using UniVG.Finetuning.Training.Settings;
using UniVG.Finetuning.Training.State;
using UniVG.Notebooks.Commands.Completion;
using UniVG.Notebooks.Displays.Exploration;
using UniVG.Notebooks.Exploration;
using UniVG.Notebooks.Exploration.Sweeps;
using UniVG.Notebooks.Hosting;
using UniVG.Notebooks.Session;

namespace UniVG.Notebooks.Commands;

/// <summary><c>#!univg sweep --dim 4,8 --lr 1e-4,5e-5</c>: trains a run for each combination of settings.</summary>
public sealed class SweepCommand : UniVGCommand
{
    private static readonly Dictionary<string, SweepCriterion> Criteria = new()
    {
        ["loss"] = SweepCriterion.TrainingLoss,
        ["validation"] = SweepCriterion.ValidationLoss,
        ["distance"] = SweepCriterion.KernelDistance,
    };

    private readonly Option<string[]> _runs = new("--run")
    {
        Description = "a run of its own, such as \"dim=4 alpha=2 lr=1e-3\"; may be given several times",
        HelpName = "\"NAME=VALUE …\"",
    };

    private readonly IReadOnlyList<(string Name, bool TakesList, Option<string?> Option)> _adapter = [.. AdapterSettings.All.Select(setting => (setting.Name, true, OptionFactory.Text(
        "--" + setting.Name, setting.Meaning, "V,V,…", setting.Name == "adapter" ? ValueSources.Words(Finetuning.Adapters.KnownAdapters.Methods.Select(m => m.Kind)) : null)))];

    private readonly IReadOnlyList<(string Name, bool TakesList, Option<string?> Option)> _training =
        [.. TrainingSettings.All.Where(setting => setting.Group != SettingGroup.Watching).Select(setting => (setting.Name, TakesList(setting), OptionFactory.Text(
            "--" + setting.Name, setting.Meaning, TakesList(setting) ? "V,V,…" : "TEXT", setting.Choices.Count > 0 ? ValueSources.Words(setting.Choices) : null)))];

    private readonly SavingOptions _saves = new();
    private readonly Option<string?> _output = OptionFactory.Text("--output", $"folder for the runs, a sub-folder each; default {AdapterOutput.DefaultFolder}/{SweepRequest.DefaultName}", "DIR", PathSource.Folders);
    private readonly Option<bool> _overwrite = OptionFactory.Flag("--overwrite", "train runs anew that are done already");
    private readonly Option<string?> _by = OptionFactory.Choice("--by", "what makes a run the best; default distance with --evaluate, else validation where images are held out, else loss", Criteria.Keys);
    private readonly Option<string?> _evaluate = OptionFactory.Text("--evaluate", "measure the kernel distance of samples of each run to these real pictures", "FOLDER", PathSource.Folders);
    private readonly Option<int?> _count = OptionFactory.Integer("--evaluate-count", "samples a run for that; default 32", min: 8);
    private readonly Option<int?> _steps = OptionFactory.Integer("--evaluate-steps", "steps of the sampler for that; default 20");

    /// <summary>Creates the command.</summary>
    public SweepCommand()
        : base("sweep", "Trains a run for each combination of settings, one after the other; again, it goes on where it was.")
    {
        foreach (var option in OptionGroups.SelectMany(group => group.Options)) Options.Add(option);
    }

    /// <inheritdoc/>
    public override string Example => "#!univg sweep --dim 4,8,16 --lr 1e-4,5e-5 --steps 200";

    /// <inheritdoc/>
    public override string CSharp => "await univg.SweepAsync(new SweepRequest { Grid = [new(\"dim\", 4, 8, 16), new(\"lr\", 1e-4, 5e-5), new(\"steps\", 200)] })";

    /// <inheritdoc/>
    public override IReadOnlyList<OptionGroup> OptionGroups =>
    [
        new("adapter: a value, or several to try", [.. _adapter.Select(setting => setting.Option)]),
        new("training: a value, or several to try", [.. _training.Select(setting => setting.Option)]),
        new("runs", [_runs, _output, _overwrite]),
        new("the best run", [_by, _evaluate, _count, _steps]),
        _saves.Group,
    ];

    /// <inheritdoc/>
    public override async Task RunAsync(ParseResult arguments, CommandContext context)
    {
        var session = context.Session;
        var defaults = new SweepRequest();
        var request = defaults with
        {
            Grid = [.. _adapter.Concat(_training).Select(setting => (setting.Name, setting.TakesList, Text: arguments.GetValue(setting.Option))).Where(setting => setting.Text is not null)
                .Select(setting => new SweepAxis(setting.Name, setting.TakesList ? Split(setting.Name, setting.Text!) : [setting.Text!]))],
            Runs = arguments.GetValue(_runs) ?? [],
            Saves = _saves.Read(arguments, session.Configuration?.Saves ?? new SaveSchedule()),
            Folder = arguments.GetValue(_output) ?? defaults.Folder,
            Overwrite = arguments.GetValue(_overwrite),
            Real = arguments.GetValue(_evaluate),
            Evaluation = Evaluation(arguments),
            Criterion = arguments.GetValue(_by) is { } by ? Criteria[by] : null,
        };
        await SessionExploration.SweepAsync(session, request, context.Host, View, onProgress: null, CancellationToken.None).ConfigureAwait(false);

        MimeBundle View(SweepResult result)
        {
            var content = SweepView.Create(result);
            context.BringPlotlyFor(content);
            return content;
        }
    }

    // A prompt or the arguments of an optimizer may hold commas.
    private static bool TakesList(TrainingSetting setting) => !setting.IsText;

    private static IReadOnlyList<string> Split(string name, string text) => text.Split(',') is var values && values.All(value => value.Trim().Length > 0)
        ? [.. values.Select(value => value.Trim())]
        : throw new UniVGException($"--{name} is '{text}'; give values separated by commas, without spaces, such as 4,8,16.");

    private EvaluationRequest? Evaluation(ParseResult arguments)
    {
        var (count, steps, defaults) = (arguments.GetValue(_count), arguments.GetValue(_steps), new EvaluationRequest());
        if (arguments.GetValue(_evaluate) is null)
            return count is null && steps is null ? null : throw new UniVGException("--evaluate-count and --evaluate-steps say how to measure; give --evaluate FOLDER too, or leave them out.");
        return defaults with { Count = count ?? defaults.Count, Steps = steps ?? defaults.Steps };
    }
}
