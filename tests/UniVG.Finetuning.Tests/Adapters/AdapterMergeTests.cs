using TorchSharp;
using UniVG.Diffusion;
using UniVG.Diffusion.Checkpoints;
using UniVG.Diffusion.Model;
using UniVG.Diffusion.Weights;
using UniVG.Finetuning.Adapters.Files;
using UniVG.Finetuning.Adapters.Operations;
using UniVG.Finetuning.Adapters.Targets;
using UniVG.Finetuning.Adapters;
using UniVG.Finetuning.Adapters.Loha;
using UniVG.Finetuning.Adapters.Lora;
using UniVG.Finetuning.Pretraining;
using UniVG.TestSupport;
using static TorchSharp.torch;

namespace UniVG.Finetuning.Tests.Adapters;

public sealed class AdapterMergeTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("univg-merge-").FullName;
    private readonly UNet _unet = new(TinyModelConfigs.UNet, new RandomWeights(seed: 1));
    private readonly ClipTextEncoder _text = new(TinyModelConfigs.TextEncoder(vocabularySize: 300), new RandomWeights(seed: 2));
    private readonly AutoencoderKL _vae = new(TinyModelConfigs.Vae, new RandomWeights(seed: 3));

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private ModelContents Contents => new()
    {
        UNet = _unet.Weights.Tensors,
        UNetConfigJson = "{}",
        Vae = _vae.Weights.Tensors,
        VaeConfigJson = "{}",
        TextEncoder = _text.Weights.Tensors,
        TextEncoderConfigJson = "{}",
    };

    public void Dispose()
    {
        _unet.Dispose();
        _text.Dispose();
        _vae.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void Merge_with_ratio_0_is_the_model_byte_for_byte()
    {
        using var network = Attach(new LoraConfig { Dim = 2, ConvDim = 2 });
        var (plain, merged) = (Path.Combine(_folder, "plain.safetensors"), Path.Combine(_folder, "merged.safetensors"));

        LdmCheckpointWriter.Write(plain, Contents);
        AdapterMerge.Save(merged, Contents, [(network, 0)]);

        Assert.Equal(File.ReadAllBytes(plain), File.ReadAllBytes(merged));
    }

    [Fact]
    public void Merged_model_gives_the_outputs_of_the_adapted_one()
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var (x, t, context) = (randn([1, 4, 16, 16]), tensor(new long[] { 500 }), randn([1, 7, TinyModelConfigs.UNet.CrossAttentionDim]));
        ModelContents merged;
        Tensor adapted;
        using (var network = Attach(new LohaConfig { Dim = 2, Alpha = 1, ConvDim = 2, Tucker = true }))
        {
            network.Multiplier = 0.7;
            adapted = _unet.Forward(x, t, context);
            merged = AdapterMerge.Merge(Contents, [(network, 0.7)], ScalarType.Float32);
        }

        using var unet = new UNet(TinyModelConfigs.UNet, new DictionaryWeights(new Dictionary<string, Tensor>(merged.UNet)));
        TensorAssert.Close(adapted, unet.Forward(x, t, context), TensorAssert.Outputs);
        Assert.True(TensorAssert.RelativeError(adapted, _unet.Forward(x, t, context)) > 1e-2);
    }

    [Fact]
    public void Merged_file_holds_the_sum_of_all_changes_rounded_once()
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using var lora = Attach(new LoraConfig { Dim = 2, Alpha = 0.6, ConvDim = 2, ConvAlpha = 0.6 });
        using var loha = AdapterNetwork.Create(new LohaConfig { Dim = 2, Alpha = 0.5, ConvDim = 2, WeightDecompose = true }, _unet.Weights.Layers, [], seed: 2);
        AdapterLoadTests.Randomize(loha);
        var path = Path.Combine(_folder, "both.safetensors");

        AdapterMerge.Save(path, Contents, [(lora, 0.75), (loha, -0.3)]);

        using var file = SafetensorsFile.Open(path);
        var keys = LdmKeyMap.UNet(TinyModelConfigs.UNet.BlockOutChannels.Count, TinyModelConfigs.UNet.LayersPerBlock, TinyModelConfigs.UNet.UpAttention);
        var (changes, others) = (lora.UNet.ToDictionary(a => a.Layer.Path + ".weight"), loha.UNet.ToDictionary(a => a.Layer.Path + ".weight"));
        var roundedTwiceDiffers = false;
        foreach (var (name, weight) in _unet.Weights.Tensors)
        {
            var sum = weight;
            if (changes.TryGetValue(name, out var first)) sum = sum.add(first.DeltaWeight(), alpha: 0.75);
            var halfway = sum.half().@float();
            if (others.TryGetValue(name, out var second))
            {
                sum = sum.add(second.DeltaWeight(), alpha: -0.3);
                roundedTwiceDiffers |= !TensorAssert.HaveSameBits(sum.half(), halfway.add(second.DeltaWeight(), alpha: -0.3).half());
            }

            Assert.True(TensorAssert.HaveSameBits(sum.half(), file.Read(keys.ToLdm(name)!)), name);
        }

        Assert.True(roundedTwiceDiffers);
    }

    [Fact]
    public void Merge_that_overflows_half_precision_writes_nothing()
    {
        using var network = Attach(new LoraConfig { Dim = 2 });
        var file = Path.Combine(_folder, "x.safetensors");

        Assert.Contains("not be finite", Assert.Throws<UniVGException>(() => AdapterMerge.Save(file, Contents, [(network, 1e9)])).Message, StringComparison.Ordinal);
        Assert.Throws<UniVGException>(() => AdapterMerge.Save(file, Contents, [(network, double.NaN)]));
        Assert.False(File.Exists(file));
    }

    [Fact]
    public void Extracted_LoRA_of_a_LoRA_is_the_same_change()
    {
        using var scope = NewDisposeScope();
        using var network = Attach(new LoraConfig { Dim = 3, Alpha = 2, ConvDim = 2, ConvAlpha = 5 });

        using var extraction = AdapterExtract.ToLora(network, new LoraExtractOptions { Dim = 3, ConvDim = 2 }, cancellationToken: Cancellation);

        Assert.All(
            network.Adapters.Zip(extraction.Network.Adapters),
            pair => TensorAssert.Close(pair.First.DeltaWeight().detach(), pair.Second.DeltaWeight().detach(), 3e-4, pair.First.Name));
        Assert.InRange(extraction.Report.RelativeError, 0, 1e-4);
        Assert.All(_unet.Weights.Layers, layer => Assert.True(layer.Adapter is not LoraAdapter lora || network.Adapters.Contains(lora)));
    }

    [Fact]
    public void Extracted_LoRA_of_a_LoHA_is_the_nearest_of_its_rank()
    {
        using var scope = NewDisposeScope();
        using var network = Attach(new LohaConfig { Dim = 3, ConvDim = 0 });

        using var extraction = AdapterExtract.ToLora(network, new LoraExtractOptions { Dim = 4 }, cancellationToken: Cancellation);

        // Eckart–Young: the error is that of the singular values that were left out.
        var singular = linalg.svdvals(network.Adapters[^1].DeltaWeight().detach());
        var left = singular.narrow(0, 4, singular.shape[0] - 4).norm().ToDouble();
        Assert.Equal(1, extraction.Layers[^1].Error / left, 1e-3);
        Assert.InRange(extraction.Report.RelativeError, 0.05, 0.95);
        var file = Path.Combine(_folder, "lora.safetensors");
        AdapterFile.Save(extraction.Network, file, ScalarType.Float16, new Dictionary<string, string>());
        network.Dispose();
        using var loaded = AdapterFile.Load(file, _unet.Weights.Layers, _text.Weights.Layers);
        Assert.Equal("lora", loaded.Config.Kind);
    }

    [Fact]
    public void Small_factors_and_the_whole_matrix_are_decomposed_alike()
    {
        using var noGrad = no_grad();
        foreach (var config in (AdapterConfig[])[
            new LoraConfig { Dim = 4, Alpha = 3, ConvDim = 4, Tucker = true, Targets = AdapterTargets.Lycoris }, new LohaConfig { Dim = 3, Alpha = 1, ConvDim = 3 }])
        {
            using var scope = NewDisposeScope();
            using var network = Attach(config);
            var changes = network.UNet.Where(a => AdapterNetwork.FullRank(a.Layer) >= 18).Select(ChangeOfLayer.Of).ToList();
            Assert.NotEmpty(changes);
            foreach (var change in changes)
            {
                var (u, s, v) = change.Decompose();
                var (_, whole, _) = (change with { Factorized = () => null }).Decompose();
                Assert.InRange(s.shape[0], 1, 16);
                TensorAssert.Close(whole.narrow(0, 0, 2), s.narrow(0, 0, 2), 1e-4, change.Name);
                TensorAssert.Close(change.Delta().flatten(1), u.mul(s).mm(v).mul(change.Scale), 1e-4, change.Name);
            }
        }
    }

    [Fact]
    public void Difference_of_two_models_is_what_was_merged_into_one()
    {
        using var scope = NewDisposeScope();
        using var network = Attach(new LoraConfig { Dim = 2, ConvDim = 2 });
        var merged = AdapterMerge.Merge(Contents, [(network, 1)], ScalarType.Float32);
        using var unet = new UNet(TinyModelConfigs.UNet, new DictionaryWeights(new Dictionary<string, Tensor>(merged.UNet)));
        using var text = new ClipTextEncoder(_text.Config, new DictionaryWeights(new Dictionary<string, Tensor>(merged.TextEncoder)));

        using var extraction = AdapterExtract.Difference(
            (_unet.Weights.Layers, _text.Weights.Layers), (unet.Weights.Layers, text.Weights.Layers),
            new LoraExtractOptions { Dim = 2, ConvDim = 2 }, cancellationToken: Cancellation);

        Assert.All(
            network.Adapters.Zip(extraction.Network.Adapters),
            pair => TensorAssert.Close(pair.First.DeltaWeight().detach(), pair.Second.DeltaWeight().detach(), 1e-3, pair.First.Name));
    }

    [Theory]
    [InlineData(RankRule.Fixed, 0, 4)]
    [InlineData(RankRule.Ratio, 3, 3)]
    [InlineData(RankRule.Cumulative, 0.6, 2)]
    [InlineData(RankRule.Cumulative, 1, 4)]
    [InlineData(RankRule.Frobenius, 0.7, 1)]
    [InlineData(RankRule.Frobenius, 0.9, 2)]
    public void Rank_follows_the_rule(RankRule rule, double value, int rank)
    {
        // Shares of the sum 0.4, 0.7, 0.9, 1; of the Frobenius norm 0.73, 0.91, 0.98, 1.
        float[] singular = [4, 3, 2, 1];
        Assert.Equal(rank, AdapterExtract.RankOf(singular, 4, rule, value));
        Assert.Equal(Math.Min(rank, 2), AdapterExtract.RankOf(singular, 2, rule, value));
    }

    private AdapterNetwork Attach(AdapterConfig config)
    {
        var network = AdapterNetwork.Attach(config, _unet.Weights.Layers, _text.Weights.Layers, seed: 1);
        AdapterLoadTests.Randomize(network);
        return network;
    }
}
