using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Scripting;
using Microsoft.CodeAnalysis.Scripting;
using Microsoft.DotNet.Interactive;
using Microsoft.DotNet.Interactive.Commands;
using Microsoft.DotNet.Interactive.Events;

namespace UniVG.Kernel.Tests.Extension;

/// <summary>
/// Compiles <c>extension.dib</c> as the host does and runs it on stand-ins of the host's types. They behave as the host does where the
/// extension depends on it.
/// </summary>
public sealed class InteractiveHost : IAsyncLifetime
{
    private readonly Microsoft.DotNet.Interactive.Kernel _kernel = new();

    /// <summary>The extension's source.</summary>
    public static string Source { get; } = File.ReadAllText(Path.Combine(Repository.Root, "src", "UniVG.Notebooks", "Extension", "extension.dib"));

    /// <summary>What the extension added to the host.</summary>
    internal Microsoft.DotNet.Interactive.Kernel Kernel => _kernel;

    /// <summary>What was shown while the extension was loaded.</summary>
    internal IReadOnlyList<DisplayEvent> Loading { get; private set; } = [];

    /// <summary>The C# variables that the extension made.</summary>
    internal ScriptState<object> State { get; private set; } = null!;

    /// <summary>Loads the extension.</summary>
    public async ValueTask InitializeAsync()
    {
        var context = new KernelInvocationContext(_kernel, new SubmitCode("#r \"nuget: UniVG.Notebooks\""));
        KernelInvocationContext.Current = context;
        var code = Source[(Source.IndexOf("#!csharp", StringComparison.Ordinal) + "#!csharp".Length)..];
        State = await CSharpScript.RunAsync(code, ScriptOptions.Default.WithReferences(References()));
        Loading = [.. context.Events.OfType<DisplayEvent>()];
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        foreach (var disposable in _kernel.Disposables) disposable.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>Submits a cell: its directives one after the other, until one ends the cell.</summary>
    /// <param name="cell">The cell's text; of its lines, those that begin with <c>#!univg</c> are run.</param>
    /// <param name="onEvent">Told what is published while it runs.</param>
    internal async Task<KernelInvocationContext> RunAsync(string cell, Action<KernelInvocationContext, KernelEvent>? onEvent = null)
    {
        var submission = new SubmitCode(cell, "csharp");
        var context = new KernelInvocationContext(_kernel, submission);
        if (onEvent is not null) context.Published += e => onEvent(context, e);
        await InvokeAsync(submission, context);
        foreach (var line in cell.Split('\n').Where(l => l.StartsWith("#!univg", StringComparison.Ordinal)))
        {
            // Of a subcommand without parameters, the host's command has lost the name.
            var text = line.Split(' ') is [var directive, _] ? directive : line;
            if (!context.IsComplete) await InvokeAsync(new DirectiveCommand(text) { Parent = submission }, context);
        }

        return context;
    }

    /// <summary>Asks for completions or a tooltip, as an editor does.</summary>
    internal async Task<KernelEvent?> AskAsync(LanguageServiceCommand asked)
    {
        // The host hands over a command of the directive alone.
        var line = asked.Code.Split('\n')[asked.LinePosition.Line].TrimEnd();
        var place = asked.LinePosition with { Line = 0 };
        LanguageServiceCommand handed = asked is RequestCompletions ? new RequestCompletions(line, place) : new RequestHoverText(line, place);
        handed.Parent = asked;
        var context = new KernelInvocationContext(_kernel, asked);
        await InvokeAsync(handed, context);
        return context.Events.SingleOrDefault();
    }

    private Task InvokeAsync(KernelCommand command, KernelInvocationContext context) =>
        _kernel.Middlewares.Single()(command, context, (c, ctx) => c.Handler?.Invoke(c, ctx) ?? Task.CompletedTask);

    private static IEnumerable<MetadataReference> References() =>
        ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
        .Where(path => !Path.GetFileName(path).StartsWith("xunit", StringComparison.Ordinal))
        .Select(path => MetadataReference.CreateFromFile(path));
}
