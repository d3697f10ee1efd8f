using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using TorchSharp;
using UniVG.Benchmarks.Measuring;
using UniVG.Diffusion.Runtime;

namespace UniVG.Benchmarks.PyTorch;

/// <summary>
/// A Python process that does the same with PyTorch (<c>benchmarks/pytorch/worker.py</c>), prepared once and told "go" for each turn. It
/// uses as many threads as libtorch here does at the moment it is started.
/// </summary>
internal sealed class PyTorchWorker : IDisposable
{
    private readonly Process _process;

    private PyTorchWorker(Process process) => _process = process;

    public int ProcessId => _process.Id;

    /// <summary>Starts and prepares a worker; null, with a note, where there is no PyTorch.</summary>
    /// <param name="run">Says which Python, and takes the notes.</param>
    /// <param name="task">A class and its module, such as <c>tasks.UNetForward</c>.</param>
    /// <param name="request">What it is prepared with.</param>
    public static PyTorchWorker? Start(ScenarioRun run, string task, object request)
    {
        var message = (JsonObject)JsonSerializer.SerializeToNode(request)!;
        message["task"] = task;
        message["threads"] = torch.get_num_threads();
        message["device"] = run.Options.Device;
        message["precision"] = run.Options.Precision ?? (run.Options.Device == "cpu" ? "fp32" : "bf16");
        var start = new ProcessStartInfo(run.Options.Python) { RedirectStandardInput = true, RedirectStandardOutput = true };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "pytorch", "worker.py"));
        start.Environment.Remove(LargePages.StartVariable.Key); // PyTorch as its users start it
        start.Environment["OMP_NUM_THREADS"] = $"{torch.get_num_threads()}";
        try
        {
            var worker = new PyTorchWorker(Process.Start(start)!);
            if (worker.Ask(message) is { } about)
            {
                run.Note($"{task}: {about["about"]}; anonymous memory once prepared {ProcessMemory.AnonymousMiB(worker.ProcessId):F0} MiB");
                return worker;
            }

            worker.Dispose();
        }
        catch (System.ComponentModel.Win32Exception)
        {
            // No such program, which the note says.
        }

        run.Note($"no counterpart: '{run.Options.Python}' cannot run {task} (Debian: apt-get install python3-torch python3-pil libopenblas0)");
        return null;
    }

    /// <summary>Lets it take a turn.</summary>
    /// <exception cref="InvalidOperationException">It failed, having said why on the error stream.</exception>
    public WorkerReply Take(object turn) => Ask(JsonSerializer.SerializeToNode(turn)!)?.Deserialize<WorkerReply>()
        ?? throw new InvalidOperationException("The PyTorch worker has ended.");

    public void Dispose()
    {
        _process.StandardInput.Close();
        if (!_process.WaitForExit(TimeSpan.FromSeconds(10))) _process.Kill();
        _process.Dispose();
    }

    private JsonNode? Ask(JsonNode message)
    {
        try
        {
            _process.StandardInput.WriteLine(message.ToJsonString());
            _process.StandardInput.Flush();
            return _process.StandardOutput.ReadLine() is { } line ? JsonNode.Parse(line) : null;
        }
        catch (IOException)
        {
            return null;
        }
    }
}
