using TorchSharp;
using UniVG.Diffusion.Model;
using UniVG.Diffusion.Runtime;
using UniVG.Diffusion.Weights;
using UniVG.TestSupport;

namespace UniVG.Diffusion.Tests.Model;

public class ClipTextEncoderTests
{
    static ClipTextEncoderTests() => TorchRuntime.EnsureLoaded();

    [Theory]
    [InlineData(1, "last_hidden_state")]
    [InlineData(2, "penultimate_ln")]
    [InlineData(3, "skip3_ln")]
    public void States_equal_the_reference(int clipSkip, string name)
    {
        using var scope = torch.NewDisposeScope();
        using var golden = Goldens.Open("clip_text_tiny");
        using var tiny = new TinyStableDiffusion();
        using var encoder = tiny.TextEncoder();
        using var noGrad = torch.no_grad();

        var states = encoder.Forward(golden["input_ids"], clipSkip);

        TensorAssert.Close(golden[name], states, TensorAssert.Outputs, "clip_text_tiny " + name);
    }

    [Theory]
    [InlineData(1, "encoded_227")]
    [InlineData(2, "encoded_227_skip2")]
    public void States_of_three_chunks_equal_the_reference(int clipSkip, string name)
    {
        using var scope = torch.NewDisposeScope();
        using var golden = Goldens.Open("clip_text_tiny");
        using var tiny = new TinyStableDiffusion();
        using var encoder = tiny.TextEncoder();
        using var noGrad = torch.no_grad();

        var states = encoder.ForwardChunks(golden["input_ids_chunks"], clipSkip);

        TensorAssert.Close(golden[name], states, TensorAssert.Outputs, "clip_text_tiny " + name);
    }

    [Theory]
    [InlineData(1, 77)]
    [InlineData(2, 152)]
    [InlineData(3, 227)]
    public void Chunks_are_encoded_each_on_its_own(int chunks, int length)
    {
        using var scope = torch.NewDisposeScope();
        using var golden = Goldens.Open("clip_text_tiny");
        using var tiny = new TinyStableDiffusion();
        using var encoder = tiny.TextEncoder();
        using var noGrad = torch.no_grad();
        var ids = golden["input_ids_chunks"].narrow(1, 0, chunks);

        var states = encoder.ForwardChunks(ids);

        Assert.Equal([1, length, 64], states.shape);
        var end = encoder.Forward(ids.select(1, chunks - 1)).narrow(1, 76, 1);
        TensorAssert.Close(torch.cat([golden["encoded_227"].narrow(1, 0, length - 1), end], 1), states, TensorAssert.Outputs, $"{chunks} chunks");
    }

    [Fact]
    public void Has_the_parameters_names_and_shapes_of_stable_diffusion()
    {
        using var encoder = new ClipTextEncoder(ClipTextConfig.StableDiffusion15, new ShapeOnlyWeights());

        Assert.Equal(123_060_480, encoder.Weights.ParameterCount);
        KeyMapAssert.SameNamesAndShapes("te", encoder.Weights);
    }

    [Fact]
    public void Layers_come_in_the_order_of_kohyas_adapters()
    {
        using var encoder = new ClipTextEncoder(ClipTextConfig.StableDiffusion15, new ShapeOnlyWeights());

        Assert.Equal(KeyMapAssert.AdapterModules("lora_te_"), encoder.Weights.Layers.Select(l => l.Path));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public void Refuses_a_clip_skip_that_names_no_layer(int clipSkip)
    {
        using var scope = torch.NewDisposeScope();
        using var encoder = new ClipTextEncoder(Small, new RandomWeights(seed: 1));

        var e = Assert.Throws<UniVGException>(() => encoder.Forward(torch.zeros([1, 4], torch.ScalarType.Int64), clipSkip));

        Assert.Contains("1 to 2", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Later_tokens_do_not_change_earlier_states()
    {
        using var scope = torch.NewDisposeScope();
        using var encoder = new ClipTextEncoder(Small, new RandomWeights(seed: 1));
        using var noGrad = torch.no_grad();

        var states = encoder.Forward(torch.tensor(new long[,] { { 1, 2, 3, 4 }, { 1, 2, 9, 9 } }));

        Assert.Equal(0, (states[0] - states[1]).narrow(0, 0, 2).abs().max().item<float>(), 1e-6f);
        Assert.True((states[0] - states[1]).narrow(0, 2, 2).abs().max().item<float>() > 1e-3);
    }

    [Fact]
    public void Gradients_reach_every_weight_that_the_clip_skip_leaves_in_use()
    {
        using var scope = torch.NewDisposeScope();
        using var encoder = new ClipTextEncoder(Small, new RandomWeights(seed: 1, trainable: true));

        encoder.Forward(torch.tensor(new long[,] { { 1, 2, 3, 4 } }), clipSkip: 2).square().mean().backward();

        Assert.All(encoder.Weights.Tensors, w => Assert.Equal(w.Key.Contains("layers.1.", StringComparison.Ordinal), w.Value.grad is null));
    }

    private static ClipTextConfig Small { get; } = new() { VocabSize = 16, HiddenSize = 8, IntermediateSize = 16, Layers = 2, Heads = 2 };
}
