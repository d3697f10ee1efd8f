using System.Reflection;
using System.Runtime.CompilerServices;
using UniVG.Diffusion;
using UniVG.Diffusion.Checkpoints;
using UniVG.Diffusion.Images;
using UniVG.Finetuning.Adapters.Lora;
using UniVG.Finetuning.Data.Buckets;
using UniVG.Finetuning.Training;
using UniVG.Finetuning.Training.State;
using UniVG.Notebooks.Displays;
using UniVG.Notebooks.Displays.Charts;
using UniVG.Notebooks.Exploration.Sweeps;
using UniVG.Notebooks.Hosting;
using UniVG.Notebooks.Session;
using UniVG.Notebooks.Tests.Displays;
using UniVG.TestSupport.Browser;
using static TorchSharp.torch;

namespace UniVG.Notebooks.Tests.Browser;

/// <summary>What C# cells return, in a real browser.</summary>
[Trait("Category", "Browser")]
public sealed class ResultsInChromiumTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("univg-results-").FullName;
    private readonly UniVGSession _session = new();

    public void Dispose()
    {
        _session.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [InlineData(OutputPage.Light)]
    [InlineData(OutputPage.Dark)]
    public async Task Every_result_is_drawn_readable_and_described(string style)
    {
        ChromiumPage.SkipIfAbsent();
        var results = await ResultsAsync();
        await using var page = await ChromiumPage.OpenAsync(OutputPage.Of(style, [PlotlyBootstrap.Create(), .. results]));
        await page.WaitForAsync("document.querySelectorAll('.js-plotly-plot .main-svg').length > 0 && !document.querySelector('.univg-chart > img')");
        if (Environment.GetEnvironmentVariable("UNIVG_SCREENSHOTS") is { Length: > 0 } shots)
            await File.WriteAllBytesAsync(Path.Combine(shots, style.Contains("1e1e1e", StringComparison.Ordinal) ? "dark.png" : "light.png"), await page.ScreenshotAsync(), TestContext.Current.CancellationToken);

        Assert.Equal("", await page.EvaluateAsync<string>(OutputPage.Faint));
        Assert.Equal(0, await page.EvaluateAsync<int>("[...document.images].filter(image => !image.complete || image.naturalWidth === 0).length"));
        Assert.Equal(0, await page.EvaluateAsync<int>("[...document.images].filter(image => !image.getAttribute('alt') && !image.closest('.univg-cut')).length"));
        Assert.Equal(0, await page.EvaluateAsync<int>("[...document.querySelectorAll('input')].filter(input => !input.labels.length && !input.getAttribute('aria-label')).length"));
        Assert.True(await page.EvaluateAsync<int>("document.documentElement.scrollWidth") <= 860, "wider than the page");
        Assert.Empty(page.Requests);
        Assert.Empty(page.Errors);
    }

    [Fact]
    public void Whatever_a_session_gives_has_a_view()
    {
        var extensions = typeof(UniVGSession).Assembly.GetExportedTypes().SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.Static))
            .Where(method => method.IsDefined(typeof(ExtensionAttribute)) && method.GetParameters()[0].ParameterType == typeof(UniVGSession));
        var given = typeof(UniVGSession).GetMembers(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly).Concat(extensions)
            .Select(member => member switch { PropertyInfo property => property.PropertyType, MethodInfo method => method.ReturnType, _ => null })
            .OfType<Type>().Select(Unwrapped).Where(type => IsOurs(type) && !type.IsInterface)
            .Distinct().ToList();

        Assert.Empty(given.Where(type => !HasView(type)).Select(type => type.ToString()));

        // What they hold: records, which would be drawn by their properties at the least, and pairs of our types, of which nothing would.
        var seen = new HashSet<Type>(given);
        var waiting = new Queue<Type>(given);
        while (waiting.TryDequeue(out var holder))
            foreach (var type in holder.GetProperties(BindingFlags.Public | BindingFlags.Instance).Select(property => Unwrapped(property.PropertyType)).Where(type => IsOurs(type) && seen.Add(type)))
                waiting.Enqueue(type);
        Assert.Contains(typeof((SweepRun, SweepOutcome)), seen);
        Assert.Empty(seen.Where(type => type.IsGenericType && !HasView(type)).Select(type => type.ToString()));
    }

    [Fact]
    public void Records_without_a_view_of_their_own_are_drawn_by_their_properties()
    {
        object[] values =
        [
            new SaveSchedule { EverySteps = 5 }, new SweepAxis("lr", 1e-4, 5e-5), new EvaluationRequest { Count = 12 }, new SweepRequest { Grid = [new("dim", 4, 8)] },
            new ValidationPoint(3, 0.25), (ValidationPoint[])[new(3, 0.25), new(6, 1e-5)], new List<SettingsChange> { new(2, ["lr 1e-4 → 5e-5"]) }, new BucketSize(64, 96),
        ];
        var shown = values.Select(value => ResultFormatter.Format(value)!).ToList();

        Assert.All(shown, bundle => Assert.DoesNotContain('{', bundle.PlainText));
        Assert.All(shown, bundle => MarkupAssert.WellFormed(bundle));
        Assert.Matches("^Save schedule\n +every steps +5\n", shown[0].PlainText);
        Assert.Contains("1e-4, 5e-5", shown[1].PlainText, StringComparison.Ordinal);
        Assert.Matches(@"step +loss\n.*\n +3 +0.25\n +6 +1e-5$", shown[5].PlainText);
        Assert.Null(ResultFormatter.Format(new { Text = "a record of the user's" }));
    }

    [Fact]
    public void Runs_of_a_sweep_are_drawn_alone_and_together()
    {
        var runs = Enumerable.Range(1, 2).Select(i => (
            new SweepRun($"dim{i}", [new("dim", $"{i}")], new LoraConfig { Dim = i }, new TrainingConfig()),
            (SweepOutcome?)new SweepOutcome { Path = "a.safetensors", Steps = 3, Loss = 0.3 / i, Parameters = 12, Bytes = 2048, Seconds = 61 })).ToList();
        var result = new SweepResult("output/sweep", SweepCriterion.TrainingLoss, runs);

        Assert.Matches("^Run dim2 of a sweep\n +dim +2\n", ResultFormatter.Format(result.Best!)!.PlainText);
        Assert.Contains("0.1500", ResultFormatter.Format(result.Best!.Value.Outcome)!.PlainText, StringComparison.Ordinal);
        Assert.Contains("LoRA", ResultFormatter.Format(result.Runs[0].Run)!.PlainText, StringComparison.Ordinal);
        Assert.Matches(@"\ndim2 +2 +0.1500 +12 +2.0 KB +1:01$", ResultFormatter.Format(result.Runs)!.PlainText);
    }

    [Fact]
    public void The_lines_of_charts_stand_out_on_white_and_on_near_black()
    {
        var charts = new[]
        {
            LossChart.Create(Histories.Of(50, textRate: 5e-5), new LossChartOptions { Validation = [new ValidationPoint(25, 0.3)], Markers = [new ChartMarker(10, ChartMarkerKind.Save)] }),
            LossChart.Compare([.. Enumerable.Range(0, 8).Select(i => new RunCurve($"{i}", Histories.Of(10)))]),
        };
        var colours = charts.SelectMany(chart => ((System.Text.Json.Nodes.JsonObject)chart.Data["application/vnd.plotly.v1+json"])["data"]!.AsArray())
            .Select(trace => (string)(trace!["line"] ?? trace["marker"])!["color"]!).Distinct().ToList();

        Assert.InRange(colours.Count, 8, 20);
        Assert.All(colours, colour => Assert.All(new[] { "#ffffff", "#1e1e1e" }, ground => Assert.InRange(Contrast(colour, ground), 3, 21)));
    }

    private async Task<IReadOnlyList<MimeBundle>> ResultsAsync()
    {
        var concept = Directory.CreateDirectory(Path.Combine(_folder, "data", "2_modality")).FullName;
        for (var i = 0; i < 2; i++) ImageFile.SavePng(TestPictures.Photograph(64, 64, i), Path.Combine(concept, $"{i}.png"));
        await File.WriteAllTextAsync(Path.Combine(concept, "broken.png"), "no picture", TestContext.Current.CancellationToken);
        _session.LoadModel("tiny");
        _session.LoadDataset(Path.Combine(_folder, "data"));
        var run = _session.Finetune(new LoraConfig { Dim = 1, ConvDim = 0 }, new TrainingConfig { Steps = 3, BatchSize = 1 }, new AdapterOutput(Path.Combine(_folder, "run.safetensors"), Overwrite: false));
        await run.StepAsync(2);
        var saved = _session.SaveAdapter();
        using var tensor = randn([1, 3, 16, 16]);
        object[] values =
        [
            _session, _session.Model!, _session.Model!.Pipeline, _session.Dataset!, _session.Adapter!, _session.Adapters, _session.Adapters[0], run, run.History,
            run.History.Last!, run.History.Snapshot(), run.Config, run.Adapter.Config, new ImageRequest { Prompt = "vessels" }, saved,
            CheckpointInspector.Inspect(saved.Path), TestPictures.Of(32, 32, 1), TestPictures.Row(3), new SampleSet(2, TestPictures.Row(2)) { Prompt = "vessels" },
            tensor, run.Adapter.Adapters[0].Layer.Weight, new UniVGException("There is no such file; check the path."),
            new CommandLineException("There is no option --stepz; did you mean --steps?", "train --stepz 4", 6, 7),
        ];
        return [.. values.Select(value => ResultFormatter.Format(value) ?? throw new InvalidOperationException($"{value.GetType()} has no view"))];
    }

    private static bool HasView(Type type) => ResultFormatter.Types.Any(known => known.IsAssignableFrom(type) || type == Unwrapped(known));

    private static bool IsOurs(Type type) => type.Assembly.GetName().Name!.StartsWith("UniVG.", StringComparison.Ordinal)
        || (type.IsGenericType && type.GetGenericArguments().Any(IsOurs));

    // Pairs stay as they are: they are shown as such.
    private static Type Unwrapped(Type type) => type.IsGenericType && !type.Name.StartsWith("ValueTuple", StringComparison.Ordinal) ? Unwrapped(type.GetGenericArguments()[0]) : type;

    private static double Contrast(string left, string right)
    {
        var (a, b) = (Luminance(left), Luminance(right));
        return (Math.Max(a, b) + 0.05) / (Math.Min(a, b) + 0.05);
    }

    /// <summary>WCAG 2's relative luminance of #rrggbb.</summary>
    private static double Luminance(string colour) => new[] { 0.2126, 0.7152, 0.0722 }.Select((weight, i) =>
    {
        var value = Convert.ToInt32(colour.Substring(1 + 2 * i, 2), 16) / 255.0;
        return weight * (value <= 0.04045 ? value / 12.92 : Math.Pow((value + 0.055) / 1.055, 2.4));
    }).Sum();
}
