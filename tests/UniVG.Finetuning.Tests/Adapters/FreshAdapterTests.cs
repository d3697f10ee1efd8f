using UniVG.Diffusion.Layers;
using UniVG.Diffusion.Model;
using UniVG.Diffusion.Weights;
using UniVG.Finetuning.Adapters.Targets;
using UniVG.Finetuning.Adapters;
using UniVG.Finetuning.Adapters.Loha;
using UniVG.Finetuning.Adapters.Lokr;
using UniVG.Finetuning.Adapters.Lora;
using UniVG.Finetuning.Pretraining;
using UniVG.TestSupport;
using static TorchSharp.torch;

namespace UniVG.Finetuning.Tests.Adapters;

/// <summary>Adapters as they are before their first step.</summary>
public sealed class FreshAdapterTests : IDisposable
{
    private readonly UNet _unet = new(TinyModelConfigs.UNet, new RandomWeights(seed: 1));
    private readonly ClipTextEncoder _text = new(TinyModelConfigs.TextEncoder(vocabularySize: 300), new RandomWeights(seed: 2));

    public FreshAdapterTests()
    {
        // Layers that begin as zeros, conv_out for one, would hide what comes before them.
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        foreach (var layer in _unet.Weights.Layers.Where(l => l.Weight.count_nonzero().item<long>() == 0)) layer.Weight.copy_(randn(layer.Weight.shape) * 0.05);
    }

    public static TheoryData<AdapterConfig> Configs
    {
        get
        {
            var configs = new TheoryData<AdapterConfig>();
            foreach (var config in (AdapterConfig[])[new LoraConfig(), new LohaConfig(), new LokrConfig()])
            {
                configs.Add(config);
                configs.Add(config with { Tucker = true, ConvDim = 2, Targets = AdapterTargets.Lycoris });
                configs.Add(config with { WeightDecompose = true });
            }

            return configs;
        }
    }

    public void Dispose()
    {
        _unet.Dispose();
        _text.Dispose();
    }

    [Theory]
    [MemberData(nameof(Configs))]
    public void Model_with_a_fresh_adapter_gives_the_same_bits(AdapterConfig config)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var (x, t, ids) = (randn([1, 4, 16, 16]), tensor(new long[] { 500 }), arange(77, ScalarType.Int64).unsqueeze(0));
        var (context, output) = Run();
        using var network = AdapterNetwork.Attach(config, _unet.Weights.Layers, _text.Weights.Layers, seed: 1);

        var (adaptedContext, adaptedOutput) = Run();

        Assert.True(TensorAssert.HaveSameBits(context, adaptedContext));
        Assert.True(TensorAssert.HaveSameBits(output, adaptedOutput));
        AdapterLoadTests.Randomize(network);
        Assert.False(TensorAssert.HaveSameBits(output, Run().Output));

        (Tensor Context, Tensor Output) Run()
        {
            var hidden = _text.Forward(ids);
            return (hidden, _unet.Forward(x, t, hidden));
        }
    }

    [Fact]
    public void Frozen_adapter_acts_and_gets_no_gradient()
    {
        using var scope = NewDisposeScope();
        using var frozen = AdapterNetwork.Attach(new LohaConfig { Dim = 2, ConvDim = 2 }, _unet.Weights.Layers, [], seed: 1);
        AdapterLoadTests.Randomize(frozen);
        frozen.Freeze();
        using var trained = AdapterNetwork.Create(new LoraConfig { Dim = 2, ConvDim = 2 }, _unet.Weights.Layers, [], seed: 2);
        trained.Attach();

        RecomputedBranch.Differentiate(_unet.Forward(randn([1, 4, 16, 16]), tensor(new long[] { 500 }), randn([1, 7, TinyModelConfigs.UNet.CrossAttentionDim])).square().mean());

        Assert.All(frozen.Adapters.SelectMany(a => a.Parameters), p => Assert.Null(p.Tensor.grad));
        Assert.Contains(trained.Adapters.SelectMany(a => a.Parameters), p => p.Tensor.grad!.abs().max().item<float>() > 0);
    }
}
