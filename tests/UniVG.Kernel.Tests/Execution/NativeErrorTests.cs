using System.Text.Json.Nodes;
using UniVG.Kernel.Headless;
using UniVG.Kernel.Tests.CommandLine;

namespace UniVG.Kernel.Tests.Execution;

/// <summary>A C++ exception that TorchSharp lets through, in a process of its own: where it is not caught, that ends.</summary>
public sealed class NativeErrorTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("univg-native-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task On_the_training_thread_it_ends_the_training_as_failed_and_the_run_goes_on()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "only there such an error is caught");
        var path = Path.Combine(_folder, "lost.ipynb");
        string[] cells =
        [
            """
            using TorchSharp;
            Directory.CreateDirectory("data/2_red");
            ImageFile.SavePng(new RgbImage(64, 64), "data/2_red/0.png");
            class Fault : IRunObserver
            {
                public void OnStep(FineTuningRun run, StepReport report)
                {
                    if (report.Step == 2) torch.ones(2, 3).matmul(torch.ones(2, 3));
                }
            }
            #!univg model tiny
            #!univg data data
            """,
            "univg.Finetune(new LoraConfig { Dim = 1, ConvDim = 0 }, new TrainingConfig { Steps = 3 }).Observers.Add(new Fault());",
            "#!univg train",
            "$\"{univg.Run.Step} {univg.Run.IsTraining} {univg.Run.Adapter.Config.Dim}\"",
            "#!univg train",
        ];
        var json = new JsonArray([.. cells.Select(cell => NotebookCell.Code(cell).Json)]);
        json[2]!["metadata"]!["tags"] = new JsonArray("raises-exception");
        File.WriteAllText(path, new JsonObject { ["cells"] = json, ["metadata"] = new JsonObject(), ["nbformat"] = 4, ["nbformat_minor"] = 5 }.ToJsonString());

        var (exitCode, _, errors) = await UniVGProgram.RunAsync(_folder, "run", path);

        Assert.Equal((0, ""), (exitCode, errors));
        var executed = JsonNode.Parse(File.ReadAllText(Path.Combine(_folder, "output", "lost.ipynb")))!["cells"]!;
        var failed = executed[2]!["outputs"]!.AsArray();
        Assert.StartsWith("libtorch failed: mat1 and mat2 shapes cannot be multiplied (2x3 and 2x3). The state after step 2 is in", (string?)failed[^1]!["evalue"], StringComparison.Ordinal);
        Assert.Contains("failed after", Text(failed[^2]!), StringComparison.Ordinal);
        Assert.Equal("2 False 1", Text(executed[3]!["outputs"]![0]!));
        Assert.Contains("step 3/3", Text(executed[4]!["outputs"]!.AsArray()[^1]!), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_was_thrown_again_from_another_thread_is_told_and_ends_the_cell_only()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "only there such an error is caught");
        var path = Path.Combine(_folder, "again.ipynb");

        // std::rethrow_exception(std::make_exception_ptr(std::runtime_error("no memory"))), as libtorch does with what fails in a parallel loop.
        const string Throw =
            """
            using System.Runtime.InteropServices;
            unsafe void Again()
            {
                var cpp = NativeLibrary.Load("libstdc++.so.6");
                nint F(string name) => NativeLibrary.GetExport(cpp, name);
                var thrown = ((delegate* unmanaged<nint, nint>)F("__cxa_allocate_exception"))(16);
                var text = Marshal.StringToCoTaskMemUTF8("no memory");
                ((delegate* unmanaged<nint, nint, void>)F("_ZNSt13runtime_errorC1EPKc"))(thrown, text);
                ((delegate* unmanaged<nint, nint, nint, nint>)F("__cxa_init_primary_exception"))(thrown, F("_ZTISt13runtime_error"), F("_ZNSt13runtime_errorD1Ev"));
                var pointer = &thrown;
                ((delegate* unmanaged<nint*, void>)F("_ZSt17rethrow_exceptionNSt15__exception_ptr13exception_ptrE"))(pointer);
            }
            Again();
            """;
        var json = new JsonArray([NotebookCell.Code(Throw).Json, NotebookCell.Code("6 * 7").Json]);
        json[0]!["metadata"]!["tags"] = new JsonArray("raises-exception");
        File.WriteAllText(path, new JsonObject { ["cells"] = json, ["metadata"] = new JsonObject(), ["nbformat"] = 4, ["nbformat_minor"] = 5 }.ToJsonString());

        var (exitCode, _, errors) = await UniVGProgram.RunAsync(_folder, "run", path);

        Assert.Equal((0, ""), (exitCode, errors));
        var executed = JsonNode.Parse(File.ReadAllText(Path.Combine(_folder, "output", "again.ipynb")))!["cells"]!;
        Assert.Contains("no memory", (string?)executed[0]!["outputs"]![0]!["evalue"], StringComparison.Ordinal);
        Assert.Equal("42", Text(executed[1]!["outputs"]![0]!));
    }

    private static string Text(JsonNode output) => string.Concat(output["data"]!["text/plain"]!.AsArray().Select(line => (string?)line));
}
