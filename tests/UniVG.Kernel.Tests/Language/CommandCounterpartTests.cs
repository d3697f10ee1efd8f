using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Scripting;
using UniVG.Kernel.Scripting;
using UniVG.Notebooks.Commands;
using UniVG.Notebooks.Hosting;
using UniVG.Notebooks.Session;

namespace UniVG.Kernel.Tests.Language;

/// <summary>The C# calls that help names beside the commands.</summary>
public sealed partial class CommandCounterpartTests
{
    [Fact]
    public async Task Every_command_names_calls_that_a_cell_compiles()
    {
        using var session = new UniVGSession();
        var commands = new CommandRunner(session);
        var host = new RecordingHost();
        foreach (var command in commands.Commands) await commands.RunAsync($"help {command.Name}", "", host);
        var calls = host.Shown.Select(shown => CSharp().Match(shown).Groups[1].Value).ToList();
        Assert.Equal(commands.Commands.Count, calls.Count);
        Assert.DoesNotContain("", calls);

        using var engine = new CSharpEngine(KernelComposition.Imports);
        var faults = calls.SelectMany(call => call.Split("; ").Select(part => CSharpScript.Create<object>(part, engine.DefaultOptions)))
            .SelectMany(script => script.Compile(TestContext.Current.CancellationToken).Where(d => d.Severity == DiagnosticSeverity.Error).Select(d => $"{script.Code}: {d.GetMessage()}"));
        Assert.Empty(faults);
    }

    [GeneratedRegex(@"\n +in C# +(.+)")]
    private static partial Regex CSharp();

    private sealed class RecordingHost : INotebookHost
    {
        public List<string> Shown { get; } = [];

        public string Name => "test";

        public CancellationToken CancellationToken => TestContext.Current.CancellationToken;

        public IDisplay Display(MimeBundle content)
        {
            Shown.Add(content.PlainText);
            return new Nowhere();
        }

        private sealed class Nowhere : IDisplay
        {
            public void Update(MimeBundle content)
            {
            }
        }
    }
}
