using UniVG.Diffusion;
using UniVG.Diffusion.Images;
using UniVG.Diffusion.Model;
using UniVG.Diffusion.Schedules;
using UniVG.Diffusion.Text;
using UniVG.Diffusion.Weights;
using UniVG.Finetuning.Adapters;
using UniVG.Finetuning.Adapters.Loha;
using UniVG.Finetuning.Adapters.Lora;
using UniVG.Finetuning.Data;
using UniVG.Finetuning.Training;
using UniVG.TestSupport;
using static TorchSharp.torch;

namespace UniVG.Finetuning.Tests.Training;

public sealed class FlatMemoryTests : IDisposable
{
    private const int Side = 16;
    private const double AllowedMiB = 16; // what the heap may be fragmented by; 16 KiB lost in every step would be 23

    private readonly string _folder = Directory.CreateTempSubdirectory("univg-flat-").FullName;

    [Theory]
    [InlineData("lora", 500, 2000)]
    [InlineData("loha", 100, 400)]
    public async Task A_run_holds_no_more_at_its_end_than_once_it_is_warm(string kind, int warm, int steps)
    {
        var cancellation = TestContext.Current.CancellationToken;
        using var model = SmallestModel();
        AdapterConfig config = kind == "lora" ? new LoraConfig { Dim = 2, ConvDim = 2 } : new LohaConfig { Dim = 2, ConvDim = 2 };
        using var adapter = AdapterNetwork.Attach(config, model.UNet.Weights.Layers, model.TextEncoder.Weights.Layers, seed: 1);
        using var run = new FineTuningRun(model, Dataset(), adapter, new TrainingConfig { Steps = steps, BatchSize = 1 });
        await run.StepAsync(warm, cancellationToken: cancellation);
        var (tensors, memory) = (Tensors(), ProcessMemory.AnonymousMiB);

        await run.RunToEndAsync(cancellationToken: cancellation);

        Assert.InRange(Tensors(), 0, tensors); // fewer where a finalizer of an earlier test came late
        Assert.InRange(ProcessMemory.AnonymousMiB - memory, double.MinValue, AllowedMiB);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    // All there are, those included that only a finalizer would free.
    private static long Tensors()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return Tensor.TotalCount;
    }

    // Of the embedded model's kind, and so small that a step takes milliseconds.
    private static StableDiffusion SmallestModel()
    {
        var tokenizer = new ClipTokenizer(TokenizerVocabulary.Find(null, Path.Combine(ModelLoader.TinyFolder, "tokenizer")));
        var weights = new RandomWeights(seed: 1);
        return new StableDiffusion(
            tokenizer,
            new ClipTextEncoder(new ClipTextConfig { VocabSize = 600, HiddenSize = 16, IntermediateSize = 32, Layers = 1, Heads = 2 }, weights),
            new UNet(
                new UNetConfig
                {
                    BlockOutChannels = [8, 16], AttentionHeads = [2, 2], DownAttention = [false, true], UpAttention = [true, false],
                    LayersPerBlock = 1, CrossAttentionDim = 16, NormGroups = 4, SampleSize = Side / 2,
                },
                weights),
            new AutoencoderKL(new AutoencoderKLConfig { BlockOutChannels = [8, 8], LayersPerBlock = 1, NormGroups = 4, SampleSize = Side }, weights),
            NoiseSchedule.UniVG);
    }

    private FineTuningDataset Dataset()
    {
        var images = Directory.CreateDirectory(Path.Combine(_folder, "100_x")).FullName;
        for (var i = 0; i < 3; i++) ImageFile.SavePng(new RgbImage(Side, Side), Path.Combine(images, $"{i}.png"));
        return DatasetFolder.Read(_folder, DatasetOptions.ForResolution(Side, Side));
    }
}
