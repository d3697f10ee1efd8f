using UniVG.Diffusion;
using UniVG.Diffusion.Checkpoints;
using UniVG.Diffusion.Model;
using UniVG.Diffusion.Runtime;
using UniVG.Diffusion.Weights;
using static TorchSharp.torch;

namespace UniVG.Benchmarks.Models;

/// <summary>A model that scenarios are measured with, as a diffusers folder that both sides read.</summary>
/// <param name="name">What scenarios are called after it.</param>
/// <param name="title">What it is.</param>
/// <param name="side">Height and width of the pictures, in pixels.</param>
internal sealed class BenchmarkModel(string name, string title, int side)
{
    /// <summary>The embedded model at its own size.</summary>
    public static BenchmarkModel Tiny { get; } = new("tiny", "the embedded model", side: 64);

    /// <summary>Random weights of the full size, on pictures so small that a step takes seconds on a CPU.</summary>
    public static BenchmarkModel StableDiffusion15 { get; } = new("sd15", "a model of SD 1.5's size and random weights, fp32", side: 128);

    public string Name => name;

    public string Title => title;

    public int Side => side;

    /// <summary>Passes before anything is measured: so many that the runtime has compiled what takes milliseconds for good.</summary>
    public int WarmUps => this == Tiny ? 40 : 1;

    /// <summary>The folder; made where it is missing.</summary>
    public string Folder(BenchmarkOptions options) => this == Tiny ? ModelLoader.TinyFolder : ComputeThread.RunOnce(() => RandomFolder(options.ModelFolder));

    public LoadedModel Load(BenchmarkOptions options) =>
        ModelLoader.Load(Folder(options), new ModelOptions { Device = options.Device, Precision = options.Precision ?? (options.Device == "cpu" ? "fp32" : "auto") });

    /// <summary>Height and width of the pictures that are measured with.</summary>
    public int SideIn(BenchmarkOptions options) => options.Resolution ?? Side;

    // Single precision, so that both sides map the file and share its pages.
    private static string RandomFolder(string root)
    {
        var folder = Path.Combine(root, "sd15");
        if (Directory.Exists(folder)) return folder;
        foreach (var file in Directory.EnumerateFiles(ModelLoader.TinyFolder, "*.json", SearchOption.AllDirectories).Append(Path.Combine(ModelLoader.TinyFolder, "tokenizer", "merges.txt")))
        {
            var copy = Path.Combine(folder, Path.GetRelativePath(ModelLoader.TinyFolder, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }

        var weights = new LivelyWeights();
        using (var unet = new UNet(UNetConfig.StableDiffusion15, weights)) Write(folder, "unet", unet.Config.ToJson(), "diffusion_pytorch_model", unet.Weights);
        using (var vae = new AutoencoderKL(AutoencoderKLConfig.StableDiffusion15, weights)) Write(folder, "vae", vae.Config.ToJson(), "diffusion_pytorch_model", vae.Weights);
        using (var text = new ClipTextEncoder(ClipTextConfig.StableDiffusion15, weights)) Write(folder, "text_encoder", text.Config.ToJson(), "model", text.Weights);
        NativeHeap.GiveBack(); // or the random weights would count as memory of what is measured
        return folder;
    }

    private static void Write(string folder, string part, string config, string file, ModelWeights weights)
    {
        File.WriteAllText(Path.Combine(folder, part, "config.json"), config);
        SafetensorsWriter.Write(Path.Combine(folder, part, file + ".safetensors"), weights.Tensors);
    }

    /// <summary>Random weights without the zeros that a model begins its pre-training with: they would make every prediction 0.</summary>
    private sealed class LivelyWeights : IWeightSource
    {
        private readonly RandomWeights _random = new(seed: 1);

        public Tensor Take(string name, ReadOnlySpan<long> shape, WeightInit init)
        {
            if (shape.Length < 2 || init.Kind != WeightInitKind.Constant) return _random.Take(name, shape, init);
            long fanIn = 1;
            foreach (var size in shape[1..]) fanIn *= size;
            return _random.Take(name, shape, WeightInit.FanIn(fanIn));
        }
    }
}
