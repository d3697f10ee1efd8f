using System.CommandLine;
using UniVG.Notebooks.Commands.Completion;
using UniVG.Notebooks.Displays.Exploration;
using UniVG.Notebooks.Exploration;
using UniVG.Notebooks.Hosting;

namespace UniVG.Notebooks.Commands;

/// <summary><c>#!univg compare RUN…</c>: runs side by side.</summary>
public sealed class CompareCommand : UniVGCommand
{
    private readonly Argument<string[]> _runs = new SuggestingArgument<string[]>("runs", ValueSources.NamedRuns)
    {
        Description = "names as 'runs' lists them, a folder such as that of a sweep, or adapter files; default all runs of this session",
        Arity = ArgumentArity.ZeroOrMore,
    };

    private readonly Option<string?> _prompt = OptionFactory.Text("--prompt", "what the row of samples of each run shows; default the first trigger word", "TEXT", ValueSources.Prompts);
    private readonly ImageOptions _images = new();
    private readonly Option<bool> _noSamples = OptionFactory.Flag("--no-samples", "leave the rows of samples out");

    /// <summary>Creates the command.</summary>
    public CompareCommand()
        : base("compare", "Compares runs: their loss curves, the settings that differ, and a row of samples of each.")
    {
        Arguments.Add(_runs);
        foreach (var option in (Option[])[_prompt, .. _images.All, _noSamples]) Options.Add(option);
    }

    /// <inheritdoc/>
    public override string Example => "#!univg compare model_lora model_loha --seed 1";

    /// <inheritdoc/>
    public override string CSharp => "await univg.CompareAsync([\"model_lora\", \"model_loha\"], univg.NewRequest() with { Seed = 1 })";

    /// <inheritdoc/>
    public override async Task RunAsync(ParseResult arguments, CommandContext context)
    {
        var session = context.Session;
        var draws = session.Model is not null && !arguments.GetValue(_noSamples);
        var request = draws ? _images.Read(arguments.GetValue(_prompt), arguments, session) : null;
        var comparison = await context.ShowWhileAsync("comparing", "not compared", ComparisonView.Create, report => session.CompareAsync(
            arguments.GetValue(_runs) ?? [], request, report, context.Host.CancellationToken)).ConfigureAwait(false);
        if (session.Model is null && comparison.Samples.Count == 0) context.Host.Display(new MimeBundle("No samples: no model is loaded; '#!univg model' loads it."));
    }
}
