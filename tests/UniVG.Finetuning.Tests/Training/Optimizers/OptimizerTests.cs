using UniVG.Diffusion;
using UniVG.Finetuning.Training.Optimizers;
using static TorchSharp.torch;

namespace UniVG.Finetuning.Tests.Training.Optimizers;

/// <summary>What every optimizer must do.</summary>
public class OptimizerTests
{
    public static TheoryData<string, string[], double> All => new()
    {
        { "AdamW", [], 0.05 },
        { "AdamW8bit", ["min_8bit_size=0"], 0.05 },
        { "Lion", [], 0.02 },
        { "Prodigy", ["d0=1e-3"], 1 },
        { "Adafactor", [], 1 },
        { "Adafactor", ["relative_step=False", "scale_parameter=False", "beta1=0.9"], 0.05 },
    };

    [Theory]
    [MemberData(nameof(All))]
    public void Distance_to_the_solution_shrinks_to_a_tenth_as_the_rate_falls(string name, string[] arguments, double rate)
    {
        using var scope = NewDisposeScope();
        using var parameters = new TestParameters(rate);
        using var optimizer = KnownOptimizers.Create(name, parameters.Groups, arguments);
        var first = parameters.Distance();

        for (var step = 0; step < 500; step++)
        {
            parameters.TakeGradientsTowardsOne();
            parameters.SetRate(rate * (1 - (step / 500.0)));
            optimizer.Step();
            optimizer.ZeroGradients();
        }

        Assert.True(parameters.Distance() < first / 10, $"{first} to {parameters.Distance()}");
        Assert.Null(parameters.Tensors[0].grad);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Loaded_state_takes_the_very_next_steps(string name, string[] arguments, double rate)
    {
        using var scope = NewDisposeScope();
        using var parameters = new TestParameters(rate);
        using var optimizer = KnownOptimizers.Create(name, parameters.Groups, arguments);
        Walk(parameters, optimizer, 5, rate);
        var saved = optimizer.StateTensors().ToDictionary(t => t.Key, t => t.Value.clone());
        using var copy = parameters.Clone(rate);
        Walk(parameters, optimizer, 3, rate);

        using var second = KnownOptimizers.Create(name, copy.Groups, arguments);
        second.LoadStateTensors(saved);
        Walk(copy, second, 3, rate);

        foreach (var (expected, actual) in parameters.Tensors.Zip(copy.Tensors)) Assert.Equal(Numbers(expected), Numbers(actual));
        foreach (var (key, expected) in optimizer.StateTensors()) Assert.True(expected.equal(second.StateTensors()[key]).all().item<bool>(), key);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Parameter_without_a_gradient_stays(string name, string[] arguments, double rate)
    {
        using var scope = NewDisposeScope();
        using var parameters = new TestParameters(rate);
        using var optimizer = KnownOptimizers.Create(name, parameters.Groups, arguments);
        parameters.TakeGradientsTowardsOne();
        parameters.Tensors[1].grad = null;
        var (moving, still) = (Numbers(parameters.Tensors[0]), Numbers(parameters.Tensors[1]));

        optimizer.Step();

        Assert.NotEqual(moving, Numbers(parameters.Tensors[0]));
        Assert.Equal(still, Numbers(parameters.Tensors[1]));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void State_of_other_parameters_is_refused_and_changes_nothing(string name, string[] arguments, double rate)
    {
        using var scope = NewDisposeScope();
        using var parameters = new TestParameters(rate);
        using var optimizer = KnownOptimizers.Create(name, parameters.Groups, arguments);
        Walk(parameters, optimizer, 1, rate);
        var state = optimizer.StateTensors().ToDictionary(t => t.Key, t => t.Value.clone());
        var changed = state.ToDictionary(t => t.Key, t => t.Value.dim() == 0 ? t.Value + 1 : t.Value);
        changed.Remove(changed.Keys.First(key => key.Contains(".1.", StringComparison.Ordinal) || key.Contains(".0.", StringComparison.Ordinal)));

        var e = Assert.Throws<UniVGException>(() => optimizer.LoadStateTensors(changed));

        Assert.Contains("does not fit", e.Message, StringComparison.Ordinal);
        Assert.All(optimizer.StateTensors(), t => Assert.True(t.Value.equal(state[t.Key]).all().item<bool>(), t.Key));
    }

    [Theory]
    [InlineData("adamw", "momentum=0.9", "AdamW has no argument 'momentum'")]
    [InlineData("AdamW", "weight_decays=0.9", "did you mean 'weight_decay'")]
    [InlineData("AdamW", "betas=0.9", "two numbers")]
    [InlineData("AdamW", "eps", "key=value")]
    [InlineData("Prodigy", "d_coef=0", "above 0")]
    [InlineData("Adafactor", "decay_rate=0.8", "at most 0")]
    [InlineData("Adafactor", "relative_step=perhaps", "True or False")]
    [InlineData("Adam", "", "choose one of AdamW, AdamW8bit")]
    public void What_is_unknown_or_impossible_is_named(string name, string argument, string part) => Assert.Contains(
        part, Assert.Throws<UniVGException>(() => KnownOptimizers.Create(name, [], argument.Length > 0 ? [argument] : [])).Message, StringComparison.Ordinal);

    private static void Walk(TestParameters parameters, IOptimizer optimizer, int steps, double rate)
    {
        for (var step = 0; step < steps; step++)
        {
            parameters.SetRate(rate);
            parameters.TakeGradientsTowardsOne();
            optimizer.Step();
        }
    }

    private static float[] Numbers(Tensor tensor) => tensor.detach().flatten().data<float>().ToArray();
}
