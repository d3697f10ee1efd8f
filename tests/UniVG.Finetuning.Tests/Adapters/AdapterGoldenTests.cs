using TorchSharp;
using UniVG.Diffusion.Layers;
using UniVG.Finetuning.Adapters.Files;
using UniVG.Finetuning.Adapters.Targets;
using UniVG.Finetuning.Adapters.Loha;
using UniVG.TestSupport;
using static TorchSharp.torch;

namespace UniVG.Finetuning.Tests.Adapters;

/// <summary>Adapters with the weights of files that kohya's and LyCORIS' own code made, against the outputs of that code.</summary>
public class AdapterGoldenTests
{
    public static TheoryData<string> Files => ["lora_tiny", "loha_tiny", "loha_tucker_tiny", "loha_alpha_tiny", "locon_tucker_tiny"];

    [Theory]
    [MemberData(nameof(Files))]
    public void Adapted_model_gives_the_reference_outputs(string name)
    {
        using var scope = NewDisposeScope();
        using var golden = Goldens.Open(name + "_golden");
        using var tiny = new TinyStableDiffusion();
        using var unet = tiny.UNet();
        using var text = tiny.TextEncoder();
        using var noGrad = no_grad();
        using var network = AdapterFile.Load(Goldens.Path(name + ".safetensors"), unet.Weights.Layers, text.Weights.Layers);

        var context = text.Forward(golden["input_ids"].to(ScalarType.Int64));
        var worst = TensorAssert.Close(golden["context_adapted"], context, TensorAssert.Outputs, "context");
        var output = unet.Forward(golden["x"], golden["t"], context);
        worst = Math.Max(worst, TensorAssert.Close(golden["out_adapted"], output, TensorAssert.Outputs, "output"));

        network.Multiplier = 0.5;
        var half = unet.Forward(golden["x"], golden["t"], text.Forward(golden["input_ids"].to(ScalarType.Int64)));
        worst = Math.Max(worst, TensorAssert.Close(golden["out_adapted_multiplier_0.5"], half, TensorAssert.Outputs, "output at half strength"));
        network.Multiplier = 0;
        var off = unet.Forward(golden["x"], golden["t"], text.Forward(golden["input_ids"].to(ScalarType.Int64)));
        worst = Math.Max(worst, TensorAssert.Close(golden["out_base"], off, TensorAssert.Outputs, "output without adapter"));
        Report($"{name}: outputs {worst:g3}");
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Delta_weights_and_gradients_are_the_reference_ones(string name)
    {
        using var scope = NewDisposeScope();
        using var golden = Goldens.Open(name + "_golden");
        using var tiny = new TinyStableDiffusion();
        using var unet = tiny.UNet();
        using var text = tiny.TextEncoder();
        using var network = AdapterFile.Load(Goldens.Path(name + ".safetensors"), unet.Weights.Layers, text.Weights.Layers);

        var worstDelta = golden.Tensors.Where(t => t.Key.StartsWith("delta.", StringComparison.Ordinal))
            .Max(t => TensorAssert.Close(t.Value, network.Adapters.Single(a => a.Name == t.Key["delta.".Length..]).DeltaWeight(), 1e-5, t.Key));

        var output = unet.Forward(golden["x"], golden["t"], text.Forward(golden["input_ids"].to(ScalarType.Int64)));
        var loss = (output - golden["target"]).square().mean();
        RecomputedBranch.Differentiate(loss);
        Assert.Equal(golden["loss"].ToSingle(), loss.ToSingle(), 2e-6f);
        var parameters = network.NamedTensors().Where(t => t.Tensor.requires_grad).ToDictionary(t => t.Name, t => t.Tensor);
        var worstGradient = golden.Tensors.Where(t => t.Key.StartsWith("grad.", StringComparison.Ordinal))
            .Max(t => TensorAssert.Close(t.Value, parameters[t.Key["grad.".Length..]].grad!, TensorAssert.Gradients, t.Key));

        var norms = golden["grad_norms"].cpu().data<float>().ToArray();
        var total = golden["grad_norm_total"].ToDouble();
        var names = parameters.Keys.Order(StringComparer.Ordinal).ToList();
        Assert.Equal(norms.Length, names.Count);
        foreach (var (key, norm) in names.Zip(norms))
            Assert.InRange(parameters[key].grad!.norm().ToDouble(), (norm * 0.999) - (1e-6 * total), (norm * 1.001) + (1e-6 * total));
        Report($"{name}: ΔW {worstDelta:g3}, gradients {worstGradient:g3}, total gradient norm {Math.Abs((Math.Sqrt(parameters.Values.Sum(p => p.grad!.square().sum().ToDouble())) / total) - 1):g3}");
    }

    private static void Report(FormattableString errors) => TestContext.Current.TestOutputHelper?.WriteLine(FormattableString.Invariant(errors));

    [Fact]
    public void Loha_formula_gives_the_worked_example()
    {
        using var scope = NewDisposeScope();
        float[,] w1a = { { 1, 2 }, { 3, 4 } }, w1b = { { 1, 0, -1 }, { 2, 1, 0 } }, w2a = { { 1, -1 }, { 0, 2 } }, w2b = { { 1, 1, 0 }, { 0, 1, 2 } };
        using var model = new SingleLayer(outFeatures: 2, inFeatures: 3);
        using var adapter = new LohaAdapter(new AdapterTarget("lora_unet_x", model.Layer, Dim: 2, Alpha: 1), new Generator(0));
        using (no_grad())
            foreach (var ((_, tensor), values) in adapter.Parameters.Zip([w1a, w1b, w2a, w2b])) tensor.copy_(from_array(values));

        var delta = adapter.DeltaWeight();
        (delta * tensor(new float[,] { { 1, 2, 3 }, { 4, 5, 6 } })).sum().backward();

        Assert.Equal([2.5f, 0, 1, 0, 4, -6], delta.cpu().data<float>().ToArray());
        Assert.Equal([3.5f, 1, -12, 5], adapter.Parameters[0].Tensor.grad!.cpu().data<float>().ToArray());
        Assert.Equal([0.5f, 15, 33, 1, 20, 42], adapter.Parameters[1].Tensor.grad!.cpu().data<float>().ToArray());
        Assert.Equal([4.5f, -1, 32, -8], adapter.Parameters[2].Tensor.grad!.cpu().data<float>().ToArray());
        Assert.Equal([2.5f, 2, -1.5f, 41.5f, 18, -16.5f], adapter.Parameters[3].Tensor.grad!.cpu().data<float>().ToArray());
    }
}
