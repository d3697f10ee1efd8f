using System.CommandLine;
using UniVG.Notebooks.Commands.Completion;

namespace UniVG.Notebooks.Commands;

/// <summary>The argument that names a detached run.</summary>
internal static class RunArgument
{
    /// <summary>Creates it.</summary>
    public static Argument<string?> Create() => new SuggestingArgument<string?>("run", ValueSources.Runs)
    {
        Description = "the run's folder, such as output/model_lora-run, or its name; default the newest in output",
        Arity = ArgumentArity.ZeroOrOne,
    };
}
