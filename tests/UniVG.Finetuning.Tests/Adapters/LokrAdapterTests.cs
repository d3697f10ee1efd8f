using TorchSharp;
using UniVG.Diffusion.Layers;
using UniVG.Diffusion.Weights;
using UniVG.Finetuning.Adapters.Targets;
using UniVG.Finetuning.Adapters.Lokr;
using UniVG.TestSupport;
using static TorchSharp.torch;

namespace UniVG.Finetuning.Tests.Adapters;

public class LokrAdapterTests
{
    [Theory]
    [InlineData(128, -1, 8, 16)]
    [InlineData(320, -1, 16, 20)]
    [InlineData(1280, -1, 32, 40)]
    [InlineData(127, -1, 1, 127)]
    [InlineData(128, 2, 2, 64)]
    [InlineData(250, 4, 2, 125)]
    [InlineData(360, 12, 12, 30)]
    [InlineData(512, 256, 2, 256)]
    public void Sizes_are_factored_as_LyCORIS_does(long size, int factor, long m, long n) => Assert.Equal((m, n), LokrAdapter.Factorize(size, factor));

    [Fact]
    public void Delta_is_the_Kronecker_product()
    {
        using var scope = NewDisposeScope();
        using var model = new SingleLayer(outFeatures: 4, inFeatures: 6);
        using var adapter = new LokrAdapter(new LokrConfig(), new AdapterTarget("x", model.Layer, Dim: 8, Alpha: 4), new Generator(0));
        float[,] w1 = { { 1, 2 }, { 3, 4 } }, w2 = { { 1, 0, -1 }, { 2, 1, 0 } };
        using (no_grad())
            foreach (var ((_, parameter), values) in adapter.Parameters.Zip([w1, w2])) parameter.copy_(from_array(values));

        // Both factors are whole, so the scale is 1 whatever alpha is.
        Assert.Equal(["lokr_w1", "lokr_w2"], adapter.Parameters.Select(p => p.Suffix));
        float[] expected = [1, 0, -1, 2, 0, -2, 2, 1, 0, 4, 2, 0, 3, 0, -3, 4, 0, -4, 6, 3, 0, 8, 4, 0];
        Assert.Equal(expected, adapter.DeltaWeight().detach().data<float>().ToArray());
    }

    [Theory]
    [InlineData(false, new[] { "lokr_w1", "lokr_w2_a", "lokr_w2_b" })]
    [InlineData(true, new[] { "lokr_w1", "lokr_t2", "lokr_w2_a", "lokr_w2_b" })]
    public void Convolution_is_the_sum_over_the_factors(bool tucker, string[] suffixes)
    {
        using var scope = NewDisposeScope();
        using var weights = new ModelWeights(new RandomWeights(seed: 1));
        var layer = new Conv2d(weights.Root.At("x"), 16, 36, kernelSize: 3, padding: 1);
        using var adapter = new LokrAdapter(new LokrConfig(), new AdapterTarget("x", layer, Dim: 1, Alpha: 3) { Tucker = tucker }, new Generator(0));
        Assert.Equal(0, adapter.DeltaWeight().abs().max().ToSingle());
        using (no_grad())
            foreach (var (_, parameter) in adapter.Parameters) parameter.copy_(randn(parameter.shape));
        var f = adapter.Parameters.ToDictionary(p => p.Suffix, p => p.Tensor.detach());
        Assert.Equal(suffixes, adapter.Parameters.Select(p => p.Suffix));

        // Row a·6 + b, column c·4 + d: w1[a, c] · w2[b, d].
        var w2 = tucker
            ? einsum("kl,b,d->bdkl", f["lokr_t2"][0][0], f["lokr_w2_a"][0], f["lokr_w2_b"][0])
            : f["lokr_w2_a"].mm(f["lokr_w2_b"]).reshape(6, 4, 3, 3);
        var expected = einsum("ac,bdkl->abcdkl", f["lokr_w1"], w2).reshape(36, 16, 3, 3) * 3;
        TensorAssert.Close(expected, adapter.DeltaWeight(), 1e-6);

        var x = randn([1, 16, 5, 5]);
        TensorAssert.Close(layer.Apply(x, expected, bias: null), adapter.Adapt(layer, x, zeros([1, 36, 5, 5])), 1e-5);
    }
}
