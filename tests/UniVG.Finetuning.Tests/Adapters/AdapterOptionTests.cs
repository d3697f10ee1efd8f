using TorchSharp;
using UniVG.Diffusion;
using UniVG.Diffusion.Model;
using UniVG.Finetuning.Adapters.Targets;
using UniVG.Finetuning.Adapters;
using UniVG.Finetuning.Adapters.Loha;
using UniVG.Finetuning.Adapters.Lora;
using UniVG.TestSupport;
using static TorchSharp.torch;

namespace UniVG.Finetuning.Tests.Adapters;

/// <summary>rs-LoRA, dropouts, block sizes, norms and advice.</summary>
public sealed class AdapterOptionTests : IDisposable
{
    private const int Ranks = 64;
    private readonly SingleLayer _model = new(outFeatures: 32, inFeatures: 16, path: "time_embedding.linear_1");

    public void Dispose() => _model.Dispose();

    [Fact]
    public void Rank_stabilised_scale_is_alpha_by_the_root_of_dim()
    {
        using var unet = new UNet(UNetConfig.StableDiffusion15, new ShapeOnlyWeights());
        var config = new LoraConfig { Dim = 16, Alpha = 8, RankStabilized = true, ConvDim = 0 };
        var target = TargetModules.Select(config, unet.Weights.Layers, []).First();

        Assert.Equal(8 / 4.0, target.Alpha / target.Dim);
    }

    [Fact]
    public void Value_dropout_keeps_the_mean_and_acts_in_training_only()
    {
        using var scope = NewDisposeScope();
        var moment = new DropoutMoment { Seed = 1 };
        var dropout = new AdapterDropout(new LoraConfig { Dropout = 0.25 }, moment, adapter: 0);
        var x = ones([100, 100]);

        var dropped = dropout.Values(x);

        Assert.InRange(dropped.eq(0).to(ScalarType.Float32).mean().ToSingle(), 0.22f, 0.28f);
        Assert.Equal(1 / 0.75f, dropped.max().ToSingle(), 1e-6f);
        Assert.True(dropped.equal(dropout.Values(x)).all().item<bool>());
        Assert.False(dropped.equal(new AdapterDropout(new LoraConfig { Dropout = 0.25 }, moment, adapter: 1).Values(x)).all().item<bool>());
        moment.Seed = null;
        Assert.Same(x, dropout.Values(x));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Rank_dropout_zeroes_a_rank_of_a_sample_everywhere(bool isConvolution)
    {
        using var scope = NewDisposeScope();
        var dropout = new AdapterDropout(new LoraConfig { RankDropout = 0.5 }, new DropoutMoment { Seed = 1 }, adapter: 0);

        var dropped = isConvolution ? dropout.Ranks(ones([2, Ranks, 3, 3]), true) : dropout.Ranks(ones([2, 9, Ranks]), false).transpose(1, 2);

        var perRank = dropped.reshape(2, Ranks, 9);
        Assert.True(perRank.eq(perRank.narrow(2, 0, 1)).all().item<bool>());
        Assert.InRange(perRank.eq(0).to(ScalarType.Float32).mean().ToSingle(), 0.3f, 0.7f);
        Assert.False(perRank[0].eq(perRank[1]).all().item<bool>());
        Assert.Equal(2, dropped.max().ToSingle());
    }

    [Fact]
    public void Row_dropout_zeroes_output_channels_without_scaling()
    {
        using var scope = NewDisposeScope();
        var dropout = new AdapterDropout(new LohaConfig { RankDropout = 0.5 }, new DropoutMoment { Seed = 1 }, adapter: 0);

        var dropped = dropout.Rows(ones([2, Ranks, 3, 3]), isConvolution: true);

        Assert.True(dropped.eq(dropped[0, .., 0, 0].reshape(1, Ranks, 1, 1)).all().item<bool>());
        Assert.Equal(1, dropped.max().ToSingle());
        Assert.Equal(0, dropped.min().ToSingle());
    }

    [Fact]
    public void Module_dropout_leaves_the_base_output()
    {
        using var scope = NewDisposeScope();
        var moment = new DropoutMoment();
        var dropout = new AdapterDropout(new LoraConfig { ModuleDropout = 0.3 }, moment, adapter: 0);
        using var adapter = new LoraAdapter(new AdapterTarget("x", _model.Layer, Dim: 2, Alpha: 1), new Generator(0)) { Dropout = dropout };
        using (no_grad()) foreach (var (_, parameter) in adapter.Parameters) parameter.fill_(1);
        var (x, y) = (ones([1, 16]), zeros([1, 32]));

        var skipped = Enumerable.Range(0, 300).Count(step =>
        {
            moment.Seed = step;
            return ReferenceEquals(y, adapter.Adapt(_model.Layer, x, y));
        });

        Assert.InRange(skipped, 60, 120);
        moment.Seed = null;
        Assert.DoesNotContain(Enumerable.Range(0, 50), _ => ReferenceEquals(y, adapter.Adapt(_model.Layer, x, y)));
    }

    [Theory]
    [InlineData("conv_in", 0)]
    [InlineData("down_blocks.0.resnets.0.conv1", 1)]
    [InlineData("down_blocks.0.attentions.1.proj_in", 2)]
    [InlineData("down_blocks.0.downsamplers.0.conv", 3)]
    [InlineData("down_blocks.3.resnets.1.conv2", 11)]
    [InlineData("mid_block.resnets.0.conv1", 12)]
    [InlineData("up_blocks.0.resnets.0.conv1", 13)]
    [InlineData("up_blocks.0.upsamplers.0.conv", 15)]
    [InlineData("up_blocks.3.attentions.2.proj_out", 24)]
    public void Blocks_are_counted_as_in_kohya(string path, int block) => Assert.Equal(block, BlockSizes.IndexOf(path));

    [Fact]
    public void Block_sizes_replace_those_of_the_configuration_and_0_leaves_a_block_alone()
    {
        using var unet = new UNet(UNetConfig.StableDiffusion15, new ShapeOnlyWeights());
        var dims = Enumerable.Range(0, BlockSizes.Count).ToArray();
        dims[12] = 0;
        var config = new LoraConfig { Blocks = new BlockSizes { Dims = dims }, ConvDim = 3, Alpha = 7 };
        config.Validate();

        var targets = TargetModules.Select(config, unet.Weights.Layers, []).ToDictionary(t => t.Name);

        Assert.Equal((2, 7.0), Size("lora_unet_down_blocks_0_attentions_1_proj_in"));
        Assert.Equal(3, Size("lora_unet_down_blocks_0_resnets_0_conv1").Dim);
        Assert.DoesNotContain("lora_unet_mid_block_attentions_0_proj_in", targets.Keys);
        Assert.Throws<UniVGException>(() => new LoraConfig { Blocks = new BlockSizes { Dims = [1, 2] } }.Validate());
        (int Dim, double Alpha) Size(string name) => (targets[name].Dim, targets[name].Alpha);
    }

    [Fact]
    public void Weights_are_scaled_down_to_the_largest_norm_only()
    {
        using var network = AdapterNetwork.Attach(new LohaConfig { Dim = 3 }, [_model.Layer], [], seed: 1);
        AdapterLoadTests.Randomize(network);
        var norm = AdapterNorms.Of(network).Single().Norm;

        Assert.Equal(0, AdapterNorms.Limit(network, 2 * norm));
        Assert.Equal(1, AdapterNorms.Limit(network, norm / 3));

        Assert.Equal(norm / 3, AdapterNorms.Of(network).Single().Norm, 1e-4);
    }

    [Fact]
    public void Dim_beyond_every_layer_is_refused_with_the_largest_that_fits()
    {
        foreach (var config in (AdapterConfig[])[new LoraConfig { Dim = 17, ConvDim = 0 }, new LohaConfig { Dim = 17 }])
        {
            var e = Assert.Throws<UniVGException>(() => AdapterNetwork.Attach(config with { Targets = AdapterTargets.Lycoris }, [_model.Layer], [], seed: 1));
            Assert.Contains("higher rank than 16", e.Message, StringComparison.Ordinal);
            Assert.Null(_model.Layer.Adapter);
        }
    }

    [Fact]
    public void Layer_that_is_adapted_already_is_refused()
    {
        using var network = AdapterNetwork.Attach(new LohaConfig { Dim = 2 }, [_model.Layer], [], seed: 1);

        Assert.Contains("already", Assert.Throws<UniVGException>(
            () => AdapterNetwork.Attach(new LohaConfig { Dim = 2 }, [_model.Layer], [], seed: 1)).Message, StringComparison.Ordinal);
        Assert.Same(network.Adapters[0], _model.Layer.Adapter);
    }

    [Fact]
    public void Advice_is_given_where_it_is_due()
    {
        using var network = AdapterNetwork.Attach(new LohaConfig { Dim = 5 }, [_model.Layer], [], seed: 1);

        Assert.Contains("rank 25", AdapterAdvice.BeforeTraining(network).Single(), StringComparison.Ordinal);
        Assert.Contains("extract", AdapterAdvice.AfterSaving(network), StringComparison.Ordinal);
    }
}
