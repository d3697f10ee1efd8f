using UniVG.Diffusion;

namespace UniVG.Finetuning.Training.Optimizers;

/// <summary>The optimizers there are; a new one is a file of its own and a line here. The list feeds help, completion and errors.</summary>
public static class KnownOptimizers
{
    /// <summary>All of them, the default first.</summary>
    public static IReadOnlyList<OptimizerMethod> Methods { get; } =
    [
        AdamW.Method,
        AdamW8bit.Method,
        Lion.Method,
        Prodigy.Method,
        Adafactor.Method,
    ];

    /// <summary>The names, for help and completion.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Methods.Select(m => m.Name)];

    /// <summary>The optimizer of a name, in any case (as in kohya).</summary>
    /// <exception cref="UniVGException">There is none; the message names the nearest and lists all.</exception>
    public static OptimizerMethod Find(string name) => Methods.FirstOrDefault(m => m.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
        ?? throw new UniVGException($"There is no optimizer '{name}'{NearestMatch.Hint(name, Names)}; choose one of {string.Join(", ", Names)}.");

    /// <summary>Makes an optimizer.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="groups">The parameters and their rates.</param>
    /// <param name="arguments">kohya's <c>optimizer_args</c>, <c>key=value</c> each.</param>
    /// <exception cref="UniVGException">The optimizer is not known, or an argument is not, or is impossible.</exception>
    public static IOptimizer Create(string name, IReadOnlyList<ParameterGroup> groups, IReadOnlyList<string> arguments)
    {
        var method = Find(name);
        var given = new OptimizerArguments(method.Name, arguments);
        var optimizer = method.Create(groups, given);
        try
        {
            given.ThrowIfUnknown();
            return optimizer;
        }
        catch
        {
            optimizer.Dispose();
            throw;
        }
    }
}
