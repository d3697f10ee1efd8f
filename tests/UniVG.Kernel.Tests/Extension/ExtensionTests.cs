using Microsoft.DotNet.Interactive;
using Microsoft.DotNet.Interactive.Commands;
using Microsoft.DotNet.Interactive.Events;
using Microsoft.DotNet.Interactive.Formatting;
using UniVG.Kernel.Scripting;
using UniVG.Notebooks.Displays;
using UniVG.Notebooks.Session;

namespace UniVG.Kernel.Tests.Extension;

/// <summary>What the extension does for .NET Interactive; each test has an extension of its own.</summary>
public sealed class ExtensionTests : IAsyncLifetime
{
    private readonly InteractiveHost _host = new();
    private readonly string _output = Directory.CreateTempSubdirectory("univg-extension-").FullName;

    public ValueTask InitializeAsync() => _host.InitializeAsync();

    public ValueTask DisposeAsync()
    {
        Directory.Delete(_output, recursive: true);
        return _host.DisposeAsync();
    }

    private UniVGSession Session => (UniVGSession)_host.State.GetVariable("univg").Value;

    [Fact]
    public void It_adds_all_verbs_and_the_session_and_says_that_it_can_compute()
    {
        var directive = Assert.Single(_host.Kernel.Directives).Directive;

        Assert.Equal("#!univg", directive.Name);
        Assert.Superset(new HashSet<string> { "model", "data", "lora", "loha", "train", "sample", "save", "help" }, directive.Subcommands.Select(s => s.Name).ToHashSet());
        Assert.All(directive.Subcommands, verb => Assert.NotEmpty(verb.Description!));
        Assert.StartsWith("UniVG is loaded:", Assert.Single(_host.Loading).PlainText, StringComparison.Ordinal);
        Assert.Null(Session.Model);
    }

    [Fact]
    public void Its_cells_see_the_namespaces_that_cells_of_our_kernel_see()
    {
        var usings = InteractiveHost.Source.Split('\n').Where(l => l.StartsWith("using ", StringComparison.Ordinal)).Select(l => l[6..].Trim().TrimEnd(';'));
        var ours = KernelComposition.Imports.Where(i => !i.StartsWith(typeof(CellFunctions).Namespace!, StringComparison.Ordinal));

        Assert.Equal(ours.Order(StringComparer.Ordinal), usings.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task The_commands_of_a_cell_run_in_turn_and_show_text_and_markup()
    {
        var context = await _host.RunAsync("#!univg model tiny\nvar x = 1;\n#!univg");

        var shown = context.Events.OfType<DisplayedValueProduced>().ToList();
        Assert.StartsWith("Model univg-tiny", shown[0].PlainText, StringComparison.Ordinal);
        Assert.StartsWith("UniVG session", shown[1].PlainText, StringComparison.Ordinal);
        Assert.Equal(["text/html", "text/plain"], shown[0].FormattedValues.Select(f => f.MimeType));
        Assert.Equal((null, false), (context.Failure, context.IsComplete));
        Assert.Equal("univg-tiny", Session.Model!.Name);
    }

    [Fact]
    public async Task A_mistake_fails_the_cell_with_carets_under_the_word()
    {
        var context = await _host.RunAsync("#!univg train --stesp 3\n#!univg model tiny");

        Assert.EndsWith("#!univg train --stesp 3\n              ^^^^^^^", context.Failure, StringComparison.Ordinal);
        Assert.Null(Session.Model);
    }

    [Fact]
    public async Task Configuration_in_the_cell_is_not_left_to_the_host_as_CSharp()
    {
        var context = await _host.RunAsync("#!univg model tiny\n#!univg config\nnetwork_module = \"networks.lora\"\nnetwork_dim = 3\n#!univg");

        Assert.Null(context.Failure);
        Assert.Equal(3, Session.Adapter!.Config.Dim);
        Assert.True(context.IsComplete);
        var rest = Assert.IsType<SubmitCode>(Assert.Single(_host.Kernel.Sent));
        Assert.Equal(("#!univg", "csharp"), (rest.Code, rest.TargetKernelName));
    }

    [Fact]
    public async Task Completion_and_hover_come_from_the_command_tree()
    {
        var steps = Assert.IsType<CompletionsProduced>(await _host.AskAsync(new RequestCompletions("1\n#!univg train --ste", new LinePosition(1, 19))));
        var option = Assert.Single(steps.Completions);
        Assert.Equal(("--steps", "Property"), (option.InsertText, option.Kind));
        Assert.Equal(new LinePositionSpan(new LinePosition(0, 14), new LinePosition(0, 19)), steps.LinePositionSpan);

        // The space behind the verb is not part of what the host hands over.
        var options = Assert.IsType<CompletionsProduced>(await _host.AskAsync(new RequestCompletions("#!univg train ", new LinePosition(0, 14))));
        Assert.Contains("--lr", options.Completions.Select(c => c.InsertText));

        var tip = Assert.IsType<HoverTextProduced>(await _host.AskAsync(new RequestHoverText("#!univg train --lr 1", new LinePosition(0, 16))));
        Assert.Contains("learning rate", Assert.Single(tip.Content).Value, StringComparison.OrdinalIgnoreCase);

        Assert.Null(await _host.AskAsync(new RequestCompletions("univg.Mo", new LinePosition(0, 8))));
        Assert.Null(await _host.AskAsync(new RequestCompletions("#!univ", new LinePosition(0, 6))));
    }

    [Fact]
    public async Task Cancelling_ends_the_step_and_its_last_state_is_seen()
    {
        await _host.RunAsync($"#!univg model tiny\n#!univg data {Repository.SampleDataset}\n#!univg lora --dim 4 --alpha 2");
        var training = await _host.RunAsync($"#!univg train --steps 500 --output {_output}", (context, e) =>
        {
            if (e is DisplayedValueUpdated && Session.Run is { Step: > 0 } && !context.CancellationToken.IsCancellationRequested) Task.Run(context.Cancel);
        });

        var step = Session.Run!.Step;
        Assert.InRange(step, 1, 499);
        Assert.Equal("The cell was interrupted.", training.Failure);
        var last = training.Events.OfType<DisplayedValueUpdated>().Last();
        Assert.StartsWith($"step {step}/500", last.PlainText, StringComparison.Ordinal);
        Assert.Contains("stopped", last.PlainText, StringComparison.Ordinal);

        Assert.Null((await _host.RunAsync("#!univg step 1")).Failure);
        Assert.Equal(step + 1, Session.Run.Step);
    }

    [Fact]
    public async Task Values_of_cells_are_formatted_and_cells_show_below_themselves()
    {
        await _host.RunAsync("#!univg model tiny");
        var context = await _host.RunAsync("await univg.TrainAsync()");

        Assert.Equal(["text/html", "text/plain"], Formatter.Preferred[typeof(UniVGSession)]);
        Assert.All(ResultFormatter.Types, type => Assert.Contains((type, "text/html"), Formatter.Registered.Keys));
        Assert.StartsWith("UniVG session", Formatted(Session, "text/plain"), StringComparison.Ordinal);
        Assert.Contains("univg-tiny", Formatted(Session, "text/html"), StringComparison.Ordinal);
        Session.Host!.Display(new Notebooks.Hosting.MimeBundle("shown"));
        Assert.Equal("shown", Assert.Single(context.Events.OfType<DisplayedValueProduced>()).PlainText);
    }

    private static string Formatted(object value, string mimeType)
    {
        using var text = new StringWriter();
        Formatter.Registered[(value.GetType(), mimeType)](value, text);
        return text.ToString();
    }
}
