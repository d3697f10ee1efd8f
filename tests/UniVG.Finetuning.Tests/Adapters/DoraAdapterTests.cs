using TorchSharp;
using UniVG.Diffusion.Checkpoints;
using UniVG.Diffusion.Layers;
using UniVG.Diffusion.Weights;
using UniVG.Finetuning.Adapters.Files;
using UniVG.Finetuning.Adapters.Targets;
using UniVG.Finetuning.Adapters;
using UniVG.Finetuning.Adapters.Dora;
using UniVG.Finetuning.Adapters.Loha;
using UniVG.Finetuning.Adapters.Lora;
using UniVG.TestSupport;
using static TorchSharp.torch;

namespace UniVG.Finetuning.Tests.Adapters;

public sealed class DoraAdapterTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("univg-dora-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(false, new[] { 2f, 0, -4, 0, 0, 0 })]
    [InlineData(true, new[] { 3f, 0, -4, 0, 5, 12 })]
    public void Change_is_that_of_the_worked_example(bool ofInputs, float[] expected)
    {
        using var scope = NewDisposeScope();
        using var model = new SingleLayer(outFeatures: 2, inFeatures: 3, path: "time_embedding.linear_1");
        using (no_grad()) model.Layer.Weight.copy_(tensor(new float[,] { { 3, 0, 4 }, { 0, 5, 12 } }));

        // W + ΔW = (3 0 0; 0 5 12): its rows have the norms 3 and 13, its columns 3, 5 and 12.
        var name = "lora_unet_time_embedding_linear_1.";
        var path = Path.Combine(_folder, "dora.safetensors");
        SafetensorsWriter.Write(path, new Dictionary<string, Tensor>
        {
            [name + "lora_up.weight"] = tensor(new float[,] { { 2 }, { 0 } }),
            [name + "lora_down.weight"] = tensor(new float[,] { { 0, 0, -4 } }),
            [name + "alpha"] = tensor(0.5f),
            [name + "dora_scale"] = ofInputs ? tensor(new float[,] { { 6, 10, 24 } }) : tensor(new float[,] { { 5 }, { 13 } }),
        });

        using var network = AdapterFile.Load(path, [model.Layer], []);

        Assert.IsType<DoraAdapter>(network.Adapters.Single());
        Assert.Equal(expected, network.Adapters[0].DeltaWeight().detach().data<float>().ToArray());
        network.Multiplier = 0.5;
        Assert.Equal((expected[0] + expected[2]) / 2 + 7, model.Layer.Forward(ones([1, 3])).sub(model.Layer.Bias!)[0][0].ToSingle());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Norms_of_a_convolution_are_those_of_its_outputs_and_gradients_are_true(bool loha)
    {
        using var scope = NewDisposeScope();
        using var weights = new ModelWeights(new RandomWeights(seed: 1));
        var layer = new Conv2d(weights.Root.At("x"), 6, 8, kernelSize: 3, stride: 2, padding: 1);
        AdapterConfig config = loha ? new LohaConfig { WeightDecompose = true } : new LoraConfig { WeightDecompose = true };
        using var adapter = KnownAdapters.Create(config, new AdapterTarget("x", layer, Dim: 3, Alpha: 2), new Generator(0));
        using (no_grad())
            foreach (var (_, parameter) in adapter.Parameters) parameter.add_(randn(parameter.shape) * 0.3);
        var magnitude = adapter.Parameters[0].Tensor;
        Tensor Expected()
        {
            var changed = layer.Weight + adapter.LowRank.DeltaWeight();
            var rows = Enumerable.Range(0, 8).Select(o => changed[o] / changed[o].norm() * magnitude[o, 0, 0, 0]);
            return stack(rows) - layer.Weight;
        }

        TensorAssert.Close(Expected(), adapter.DeltaWeight(), 1e-5);
        var x = randn([2, 6, 8, 8], requires_grad: true);
        var outer = randn([2, 8, 4, 4]);
        RecomputedBranch.Differentiate((adapter.Adapt(layer, x, zeros([2, 8, 4, 4])) * outer).sum());
        Tensor[] tensors = [x, .. adapter.Parameters.Select(p => p.Tensor)];
        var actual = tensors.Select(t => t.grad!.clone()).ToArray();
        foreach (var t in tensors) t.grad = null;

        (layer.Apply(x, Expected(), bias: null) * outer).sum().backward();

        foreach (var (t, gradient) in tensors.Zip(actual)) TensorAssert.Close(t.grad!, gradient, 1e-4);
    }

    [Fact]
    public void Row_of_zeros_has_a_gradient_that_is_a_number()
    {
        using var scope = NewDisposeScope();
        using var model = new SingleLayer(outFeatures: 3, inFeatures: 4);
        using (no_grad()) model.Layer.Weight.zero_();
        using var adapter = KnownAdapters.Create(new LoraConfig { WeightDecompose = true }, new AdapterTarget("x", model.Layer, 2, 2), new Generator(0));

        adapter.DeltaWeight().sum().backward();

        Assert.All(adapter.Parameters, p => Assert.True(p.Tensor.grad!.isfinite().all().item<bool>()));
    }
}
