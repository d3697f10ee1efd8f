using UniVG.Diffusion;
using UniVG.Diffusion.Layers;
using UniVG.Finetuning.Adapters;
using UniVG.Finetuning.Adapters.Lora;
using static TorchSharp.torch;

namespace UniVG.Finetuning.Tests.Adapters;

public sealed class FusedWeightsTests : IDisposable
{
    private readonly LoadedModel _model = ModelLoader.Load(ModelLoader.TinyName, new ModelOptions { Device = "cpu", Precision = "fp32" });

    private StableDiffusion Pipeline => _model.Pipeline;

    private IEnumerable<AdaptableLayer> Layers => Pipeline.TextEncoder.Weights.Layers.Concat(Pipeline.UNet.Weights.Layers);

    public void Dispose() => _model.Dispose();

    [Theory]
    [InlineData("lora", false)]
    [InlineData("lora", true)]
    [InlineData("loha", false)]
    [InlineData("lokr", false)]
    public void Fused_layers_predict_what_layers_and_adapters_predict(string kind, bool dora)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var plain = Predict();
        using var network = Attach(KnownAdapters.Of(kind).Defaults() with { WeightDecompose = dora });
        using var beside = Attach(new LoraConfig());
        using var silent = Attach(new LoraConfig());
        (network.Multiplier, beside.Multiplier, silent.Multiplier) = (0.7, -0.5, 0);
        var adapted = Predict();

        using (var fused = new FusedWeights())
        {
            fused.Add(Layers);
            Assert.All(network.Adapters, adapter => Assert.NotNull(adapter.Layer.FusedWeight));
            Assert.InRange(Distance(Predict(), adapted), 0, 2e-5 * Distance(adapted, zeros_like(adapted)));
        }

        Assert.InRange(Distance(plain, adapted), 1e-3, double.MaxValue);
        Assert.Equal(0, Distance(Predict(), adapted));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Drawing_fuses_and_leaves_model_and_adapter_as_they_were(bool cancelled)
    {
        using var scope = NewDisposeScope();
        using var network = Attach(new LoraConfig());
        Tensor[] watched = [.. Layers.Select(layer => layer.Weight), .. network.Adapters.SelectMany(a => a.Parameters.Select(p => p.Tensor))];
        Tensor[] before = [.. watched.Select(tensor => tensor.detach().clone())];
        using var cancellation = new CancellationTokenSource();
        var fusedLayers = 0;
        void OnStep()
        {
            fusedLayers = Layers.Count(layer => layer.FusedWeight is not null);
            if (cancelled) cancellation.Cancel();
        }

        var request = new ImageRequest { Prompt = "vessels", Steps = 2 };
        if (cancelled) Assert.ThrowsAny<OperationCanceledException>(() => Pipeline.Generate(request, _ => OnStep(), cancellation.Token));
        else Assert.Single(Pipeline.Generate(request, _ => OnStep(), cancellation.Token));

        Assert.Equal(network.Adapters.Count, fusedLayers);
        Assert.All(Layers, layer => Assert.Null(layer.FusedWeight));
        Assert.All(watched.Zip(before), pair => Assert.True(pair.First.equal(pair.Second).all().item<bool>()));
    }

    private static double Distance(Tensor a, Tensor b) => a.sub(b).abs().max().item<float>();

    private Tensor Predict()
    {
        using var generator = new Generator(3);
        var latents = randn([2, Pipeline.Vae.Config.LatentChannels, 8, 8], generator: generator);
        return Pipeline.UNet.Forward(latents, full(2, 500, ScalarType.Float32), Pipeline.EncodePrompts(["", "vessels"]));
    }

    private AdapterNetwork Attach(AdapterConfig config)
    {
        using var noGrad = no_grad();
        var network = AdapterNetwork.Create(config with { Dim = 4, Alpha = 4 }, Pipeline.UNet.Weights.Layers, Pipeline.TextEncoder.Weights.Layers, seed: 1);
        using var generator = new Generator(2);
        foreach (var (_, tensor) in network.Adapters.SelectMany(adapter => adapter.Parameters))
            tensor.add_(randn(tensor.shape, generator: generator).mul_(0.05));
        network.Attach();
        return network;
    }
}
