using System.CommandLine;

namespace UniVG.Notebooks.Commands;

/// <summary>One verb of <c>#!univg</c>: its options, which feed parsing, help and completion alike, and what it does.</summary>
/// <param name="name">The verb.</param>
/// <param name="description">One sentence for help and tooltips.</param>
public abstract class UniVGCommand(string name, string description) : Command(name, description)
{
    /// <summary>One line that a user can copy.</summary>
    public abstract string Example { get; }

    /// <summary>The call that does the like in a C# cell; several are divided by semicolons.</summary>
    public abstract string CSharp { get; }

    /// <summary>The options as help shows them: all together, unless a command has many.</summary>
    public virtual IReadOnlyList<OptionGroup> OptionGroups => [new OptionGroup("options", [.. Options])];

    /// <summary>Runs the command.</summary>
    /// <param name="arguments">The parsed line, free of errors.</param>
    /// <param name="context">The session and the host.</param>
    /// <exception cref="Diffusion.UniVGException">The command cannot be done; the message is one sentence for the user.</exception>
    /// <exception cref="OperationCanceledException">The user interrupted it.</exception>
    public abstract Task RunAsync(ParseResult arguments, CommandContext context);
}
