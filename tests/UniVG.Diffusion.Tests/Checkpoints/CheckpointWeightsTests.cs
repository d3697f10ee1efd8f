using UniVG.Diffusion.Checkpoints;
using UniVG.Diffusion.Layers;
using UniVG.Diffusion.Runtime;
using UniVG.Diffusion.Weights;
using static TorchSharp.torch;

namespace UniVG.Diffusion.Tests.Checkpoints;

public class CheckpointWeightsTests
{
    static CheckpointWeightsTests() => TorchRuntime.EnsureLoaded();

    [Fact]
    public void A_layer_gets_its_weights_in_the_wanted_type()
    {
        using var scope = NewDisposeScope();
        var source = Source(new() { ["fc.weight"] = ones(3, 2, dtype: ScalarType.Float16), ["fc.bias"] = zeros(3) });
        using var weights = new ModelWeights(source);

        var layer = new Linear(weights.Root.At("fc"), 2, 3);

        Assert.Equal(ScalarType.Float32, layer.Weight.dtype);
        Assert.Equal(6, layer.Weight.sum().item<float>());
        Assert.True(source.Report.IsComplete);
        source.Report.ThrowIfIncomplete();
    }

    [Fact]
    public void All_faults_are_found_in_one_pass_and_named()
    {
        using var scope = NewDisposeScope();
        var source = Source(new() { ["a.weight"] = ones(3, 5), ["stray"] = ones(1) });
        using var weights = new ModelWeights(source);

        _ = new Linear(weights.Root.At("a"), 2, 3);
        _ = new Linear(weights.Root.At("b"), 2, 3, bias: false);

        Assert.Equal(["a.bias", "b.weight"], source.Report.Missing);
        Assert.Equal("a.weight is 3x5 instead of 3x2", Assert.Single(source.Report.Misshapen).ToString());
        Assert.Equal(["stray"], source.Report.Unexpected);
        var fault = Assert.Throws<CheckpointException>(source.Report.ThrowIfIncomplete);
        Assert.Contains("2 weights are missing (a.bias, b.weight)", fault.Message, StringComparison.Ordinal);
        Assert.Contains("3x5 instead of 3x2", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(new long[] { 1, 2 })] // would broadcast
    [InlineData(new long[] { 2 })]
    [InlineData(new long[] { 6 })]
    [InlineData(new long[] { 2, 3 })]
    [InlineData(new long[] { 3, 2, 1 })]
    public void A_weight_of_another_shape_is_never_bent_to_fit(long[] stored)
    {
        using var scope = NewDisposeScope();
        var source = Source(new() { ["w"] = ones(stored) });

        source.Take("w", [3, 2], WeightInit.Zeros).Dispose();

        Assert.Single(source.Report.Misshapen);
    }

    [Fact]
    public void A_convolution_of_one_pixel_serves_as_a_linear_layer_and_back()
    {
        using var scope = NewDisposeScope();
        var source = Source(new() { ["conv"] = arange(6f).view(3, 2, 1, 1), ["linear"] = arange(6f).view(3, 2) });

        Assert.Equal(5, source.Take("conv", [3, 2], WeightInit.Zeros)[2, 1].item<float>());
        Assert.Equal(5, source.Take("linear", [3, 2, 1, 1], WeightInit.Zeros)[2, 1, 0, 0].item<float>());
        Assert.True(source.Report.IsComplete);
    }

    [Theory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.Float16)]
    [InlineData(ScalarType.BFloat16)]
    public void Weights_that_are_not_numbers_are_reported(ScalarType dtype)
    {
        using var scope = NewDisposeScope();
        var source = Source(new()
        {
            ["nan"] = tensor(new[] { 1, float.NaN }).to(dtype),
            ["inf"] = tensor(new[] { float.PositiveInfinity, float.NegativeInfinity }).to(dtype),
            ["large"] = full(100_000, 60_000f).to(dtype), // finite, though near the end of half precision
        });

        foreach (var name in new[] { "nan", "inf" }) source.Take(name, [2], WeightInit.Zeros).Dispose();
        source.Take("large", [100_000], WeightInit.Zeros).Dispose();

        Assert.Equal(["nan", "inf"], source.Report.NonFinite);
    }

    [Fact]
    public void Weights_taken_outlive_source_and_scope()
    {
        Tensor taken;
        using (NewDisposeScope())
        {
            taken = Source(new() { ["w"] = ones(4) }).Take("w", [4], WeightInit.Zeros);
        }

        Assert.Equal(4, taken.sum().item<float>());
        taken.Dispose();
    }

    private static CheckpointWeights Source(Dictionary<string, Tensor> tensors) => new(new TensorTable(tensors));
}
