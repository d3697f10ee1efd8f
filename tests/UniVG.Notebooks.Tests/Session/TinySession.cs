using UniVG.Diffusion.Images;
using UniVG.Finetuning.Adapters.Lora;
using UniVG.Finetuning.Training;
using UniVG.Finetuning.Training.State;
using UniVG.Notebooks.Commands;
using UniVG.Notebooks.Hosting;
using UniVG.Notebooks.Session;
using UniVG.Notebooks.Tests.Commands;

namespace UniVG.Notebooks.Tests.Session;

/// <summary>A session with the embedded model and a few plain pictures, in a folder of its own.</summary>
internal sealed class TinySession : IDisposable
{
    public TinySession()
    {
        for (var i = 0; i < 4; i++) WriteImage($"train/4_modality/{i}.png", (byte)(60 + (50 * i)));
        Session.LoadModel("tiny");
        Session.LoadDataset(In("train"));
        Commands = new CommandRunner(Session);
    }

    public UniVGSession Session { get; } = new();

    public string Folder { get; } = Directory.CreateTempSubdirectory("univg-session-").FullName;

    public string Output => In("output");

    private CommandRunner Commands { get; }

    public string In(string name) => Path.Combine(Folder, name);

    public void WriteImage(string name, byte level)
    {
        var image = new RgbImage(64, 64);
        image.Pixels.AsSpan().Fill(level);
        Directory.CreateDirectory(Path.GetDirectoryName(In(name))!);
        ImageFile.SavePng(image, In(name));
    }

    /// <summary>Trains a small adapter to the end and saves it as <c>NAME.safetensors</c> in the output folder.</summary>
    public async Task<FineTuningRun> TrainAsync(string name, TrainingConfig training, SaveSchedule? saves = null, int dim = 2)
    {
        var run = Session.Finetune(new LoraConfig { Dim = dim, Alpha = 1, ConvDim = 0 }, training, new AdapterOutput(Path.Combine(Output, name + ".safetensors"), Overwrite: false), saves);
        await run.RunToEndAsync(cancellationToken: TestContext.Current.CancellationToken);
        Session.SaveAdapter();
        return run;
    }

    /// <summary>Runs a command; what it shows is in the result.</summary>
    public async Task<RecordingHost> RunAsync(string line, string body = "", CancellationToken? cancellation = null)
    {
        var host = new RecordingHost { CancellationToken = cancellation ?? TestContext.Current.CancellationToken };
        await Commands.RunAsync(line, body, host);
        return host;
    }

    /// <summary>What may stand at the end of a line.</summary>
    public IReadOnlyList<CommandCompletion> Complete(string line) => Commands.Complete(line, line.Length);

    /// <summary>The sentence with which a command refuses.</summary>
    public async Task<string> FaultAsync(string line) => (await Assert.ThrowsAnyAsync<UniVG.Diffusion.UniVGException>(() => RunAsync(line))).Message;

    public void Dispose()
    {
        Session.Dispose();
        Directory.Delete(Folder, recursive: true);
    }
}
