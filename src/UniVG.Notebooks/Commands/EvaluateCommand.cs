using System.CommandLine;
using UniVG.Diffusion.Sampling;
using UniVG.Notebooks.Commands.Completion;
using UniVG.Notebooks.Displays.Evaluation;
using UniVG.Notebooks.Session;

namespace UniVG.Notebooks.Commands;

/// <summary><c>#!univg evaluate FOLDER</c>: compares samples with real pictures.</summary>
public sealed class EvaluateCommand : UniVGCommand
{
    private readonly Argument<string> _folder = new SuggestingArgument<string>("folder", PathSource.Folders) { Description = "real pictures that were not trained on, 8 or more, better 50" };
    private readonly Option<string?> _prompt = OptionFactory.Text("--prompt", "what to draw; default the first trigger word", "TEXT", ValueSources.Prompts);
    private readonly Option<int?> _count = OptionFactory.Integer("--count", "number of samples; default 32", min: 8);
    private readonly Option<int?> _seed = OptionFactory.Integer("--seed", "seed of the first sample, the next count up; default 0", min: 0);
    private readonly Option<int?> _steps = OptionFactory.Integer("--steps", "steps of the sampler; default 20");
    private readonly Option<double?> _cfg = OptionFactory.Number("--cfg", "guidance: how strongly to follow the prompt; default 7 (tiny: 3)");
    private readonly Option<string?> _sampler = OptionFactory.Choice("--sampler", "how noise becomes a picture; default ddim", KnownSamplers.All.Select(s => s.Name));
    private readonly Option<bool> _compare = OptionFactory.Flag("--compare", "also evaluate without the adapter, from the same seeds");
    private readonly Option<string?> _train = OptionFactory.Text("--train", "the training pictures; default the dataset", "FOLDER", PathSource.Folders);
    private readonly Option<double?> _quantile = OptionFactory.Number(
        "--quantile", "part of the real pictures that may be nearer to a training picture than a memorised sample; default 0.05", minAllowed: false);

    /// <summary>Creates the command.</summary>
    public EvaluateCommand()
        : base("evaluate", "Compares samples with a folder of real pictures: distances, vessels, copies of training pictures.")
    {
        Arguments.Add(_folder);
        foreach (var option in (Option[])[_prompt, _count, _seed, _steps, _cfg, _sampler, _compare, _train, _quantile]) Options.Add(option);
    }

    /// <inheritdoc/>
    public override string Example => "#!univg evaluate held-out --count 32 --compare";

    /// <inheritdoc/>
    public override string CSharp => "await univg.EvaluateAsync(\"held-out\", new EvaluationRequest { Count = 32, Compare = true })";

    /// <inheritdoc/>
    public override async Task RunAsync(ParseResult arguments, CommandContext context)
    {
        if (arguments.GetValue(_compare)) context.Session.RequireAdapter();
        await context.ShowWhileAsync("evaluating", "not evaluated", EvaluationView.Create, report => context.Session.EvaluateAsync(
            arguments.GetValue(_folder)!, Read(arguments), report, context.Host.CancellationToken)).ConfigureAwait(false);
    }

    private EvaluationRequest Read(ParseResult arguments)
    {
        var defaults = new EvaluationRequest();
        return defaults with
        {
            Prompt = arguments.GetValue(_prompt),
            Count = arguments.GetValue(_count) ?? defaults.Count,
            Seed = arguments.GetValue(_seed) ?? defaults.Seed,
            Steps = arguments.GetValue(_steps) ?? defaults.Steps,
            GuidanceScale = arguments.GetValue(_cfg),
            Sampler = arguments.GetValue(_sampler) ?? defaults.Sampler,
            Compare = arguments.GetValue(_compare),
            Training = arguments.GetValue(_train),
            MemorisationQuantile = arguments.GetValue(_quantile) ?? defaults.MemorisationQuantile,
        };
    }
}
