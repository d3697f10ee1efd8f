using System.Text.Json;
using TorchSharp;
using UniVG.Benchmarks;
using UniVG.Benchmarks.Files;
using UniVG.Benchmarks.Measuring;
using UniVG.Benchmarks.Scenarios;
using UniVG.Diffusion.Runtime;

if (args is [ScenarioProcess.Switch, var optionsJson, var only])
{
    TorchRuntime.EnsureLoaded();
    var options = JsonSerializer.Deserialize<BenchmarkOptions>(optionsJson)!;
    if (options.Threads is { } threads) torch.set_num_threads(threads);
    var measuring = new ScenarioRun(KnownScenarios.Find(only)!, options);
    Console.WriteLine(JsonSerializer.Serialize(measuring.Execute()));
    return 0;
}

if (!CommandLine.TryParse(args, out var names, out var chosen, out var problem))
{
    Console.Error.WriteLine(problem);
    Console.Error.WriteLine(CommandLine.Usage);
    return 1;
}

using var models = new TemporaryFolder();
chosen = chosen with { ModelFolder = models.FullName };
var failed = false;
foreach (var name in names)
{
    Console.WriteLine($"{name}: {KnownScenarios.Find(name)!.Summary}");
    if (ScenarioProcess.Run(name, chosen) is { } result) ResultTable.Write(Console.Out, result);
    else failed = true;
}

return failed ? 2 : 0;
