using System.Reflection;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using UniVG.Diffusion;
using UniVG.Kernel.Scripting;
using UniVG.Notebooks.Hosting;

namespace UniVG.Kernel.Execution;

/// <summary>Turns an exception into what the user sees below the cell.</summary>
internal static partial class CellErrors
{
    private const string Red = "\u001b[31m";
    private const string Plain = "\u001b[0m";

    // Frames of the compiler's scripting layer and of this program say nothing about the user's code.
    private static readonly string[] NotTheUsers =
        ["at Microsoft.CodeAnalysis.Scripting", "at UniVG.Kernel.", "at System.Runtime.ControlledExecution", "---"];

    /// <summary>Describes why a cell ended with an exception.</summary>
    /// <param name="exception">What was thrown.</param>
    /// <param name="isInterrupted">Whether the user had interrupted the cell, so that a cancellation is no fault.</param>
    public static CellError Describe(Exception exception, bool isInterrupted) => Unwrap(exception) switch
    {
        OperationCanceledException or ThreadInterruptedException when isInterrupted => Interrupt(exception),
        CommandLineException e => Sentence("UniVG", e.Message) with { Traceback = [$"{Red}UniVG{Plain}: {e.Message}", .. e.Excerpt.Split('\n')] },
        UniVGException e => Sentence("UniVG", e.Message),
        CellCompilationException e => new CellError("CompilationError", e.Message, [$"{Red}CompilationError{Plain}", .. e.Excerpts]),
        var e => new CellError(TypeName(e), Message(e), [.. Headings(e), .. Frames(e)]),
    };

    private static CellError Interrupt(Exception e) => Sentence(
        CellError.Interrupted, e is CellAbandonedException ? e.Message : "The cell was interrupted.");

    private static CellError Sentence(string name, string message) => new(name, message, [$"{Red}{name}{Plain}: {message}"]);

    private static Exception Unwrap(Exception e)
    {
        while (e is TargetInvocationException or AggregateException { InnerExceptions.Count: 1 } && e.InnerException is { } inner) e = inner;
        return e;
    }

    private static IEnumerable<string> Headings(Exception e)
    {
        yield return $"{Red}{TypeName(e)}{Plain}: {Message(e)}";
        for (var inner = e.InnerException; inner is not null; inner = inner.InnerException)
        {
            yield return $" ---> {Red}{TypeName(inner)}{Plain}: {Message(inner)}";
        }
    }

    // libtorch appends the stack of its own functions, some forty lines.
    private static string Message(Exception e) => e is ExternalException ? LibtorchStack().Replace(e.Message, "") : e.Message;

    private static IEnumerable<string> Frames(Exception e) =>
        from frame in (e.StackTrace ?? "").Split('\n', StringSplitOptions.RemoveEmptyEntries)
        where !NotTheUsers.Any(start => frame.TrimStart().StartsWith(start, StringComparison.Ordinal))
        select TidyFrame(frame.TrimEnd());

    private static string TidyFrame(string frame)
    {
        frame = CellBody().Replace(frame, "top level");
        frame = SubmissionClass().Replace(frame, "");
        return CellPosition().Replace(frame, "in cell $1, line $2");
    }

    private static string TypeName(Exception e) => SubmissionClass().Replace(e.GetType().FullName ?? e.GetType().Name, "");

    [GeneratedRegex(@"Submission#\d+\.<<Initialize>>d__\d+\.MoveNext\(\)")]
    private static partial Regex CellBody();

    [GeneratedRegex(@"\s*Exception raised from .* \(most recent call first\):.*", RegexOptions.Singleline)]
    private static partial Regex LibtorchStack();

    [GeneratedRegex(@"Submission#\d+[.+]")]
    private static partial Regex SubmissionClass();

    [GeneratedRegex(@"in .*cell(\d+)\.csx:line (\d+)")]
    private static partial Regex CellPosition();
}
