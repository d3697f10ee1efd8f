using UniVG.Finetuning.Training.Optimizers;
using static TorchSharp.torch;

namespace UniVG.Finetuning.Tests.Training.Optimizers;

/// <summary>Six steps of each optimizer against its paper's formulas, written once more in float64 and value by value.</summary>
public class OptimizerFormulaTests
{
    private const int Steps = 6;
    private const int Rows = 4;
    private const int Columns = 3;
    private const double Rate = 0.02;
    private const double Decay = 0.1;

    private readonly double[] _start = Draw(0);

    [Fact]
    public void AdamW_follows_its_formula()
    {
        var (p, m, v) = (_start.ToArray(), new double[Size], new double[Size]);
        for (var t = 1; t <= Steps; t++)
        {
            foreach (var (i, g) in Draw(t).Index())
            {
                m[i] = (0.8 * m[i]) + (0.2 * g);
                v[i] = (0.9 * v[i]) + (0.1 * g * g);
                p[i] -= Rate * Decay * p[i];
                p[i] -= Rate * m[i] / (1 - Math.Pow(0.8, t)) / (Math.Sqrt(v[i] / (1 - Math.Pow(0.9, t))) + 1e-6);
            }
        }

        Compare(p, "AdamW", ["betas=(0.8, 0.9)", "eps=1e-6", "weight_decay=0.1"]);
    }

    [Fact]
    public void Lion_follows_its_formula()
    {
        var (p, m) = (_start.ToArray(), new double[Size]);
        for (var t = 1; t <= Steps; t++)
        {
            foreach (var (i, g) in Draw(t).Index())
            {
                p[i] *= 1 - (Rate * Decay);
                p[i] -= Rate * Math.Sign((0.9 * m[i]) + (0.1 * g));
                m[i] = (0.99 * m[i]) + (0.01 * g);
            }
        }

        Compare(p, "Lion", ["weight_decay=0.1"]);
    }

    [Theory]
    [InlineData(false, false, true)]
    [InlineData(true, false, true)]
    [InlineData(false, true, true)]
    [InlineData(false, false, false)]
    public void Prodigy_follows_its_formula(bool correct, bool safeguard, bool decouple)
    {
        var (p, m, v, s) = (_start.ToArray(), new double[Size], new double[Size], new double[Size]);
        var (d, numerator, beta3) = (0.01, 0.0, Math.Sqrt(0.999));
        for (var t = 1; t <= Steps; t++)
        {
            var g = Draw(t);
            if (!decouple) g = [.. g.Select((x, i) => x + (Decay * p[i]))];
            var rate = d * (correct ? Math.Sqrt(1 - Math.Pow(0.999, t)) / (1 - Math.Pow(0.9, t)) : 1);
            numerator *= beta3;
            for (var i = 0; i < Size; i++)
            {
                numerator += d / 0.01 * rate * g[i] * (_start[i] - p[i]);
                m[i] = (0.9 * m[i]) + (0.1 * d * g[i]);
                v[i] = (0.999 * v[i]) + (0.001 * d * d * g[i] * g[i]);
                s[i] = (beta3 * s[i]) + (d / 0.01 * (safeguard ? d : rate) * g[i]);
            }

            d = Math.Max(d, 2 * numerator / s.Sum(Math.Abs));
            for (var i = 0; i < Size; i++)
            {
                if (decouple) p[i] *= 1 - (Decay * rate);
                p[i] -= rate * m[i] / (Math.Sqrt(v[i]) + (d * 1e-8));
            }
        }

        var optimizer = Compare(
            p, "Prodigy", ["d0=0.01", "d_coef=2", "weight_decay=0.1", $"use_bias_correction={correct}", $"safeguard_warmup={safeguard}", $"decouple={decouple}"], rate: 1);
        Assert.Equal(d, optimizer["d"], 1e-5 * d);
        Assert.True(d > 0.01);
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(false, false)]
    public void Adafactor_follows_its_formula(bool relative, bool momentum)
    {
        var (p, row, column, mean) = (_start.ToArray(), new double[Rows], new double[Columns], new double[Size]);
        for (var t = 1; t <= Steps; t++)
        {
            var g = Draw(t);
            var beta2 = 1 - Math.Pow(t, -0.8);
            var rate = (relative ? Math.Min(1e-2, 1 / Math.Sqrt(t)) : Rate) * Math.Max(1e-3, Rms(p));
            for (var r = 0; r < Rows; r++)
                row[r] = (beta2 * row[r]) + ((1 - beta2) * Enumerable.Range(0, Columns).Average(c => (g[(r * Columns) + c] * g[(r * Columns) + c]) + 1e-30));
            for (var c = 0; c < Columns; c++)
                column[c] = (beta2 * column[c]) + ((1 - beta2) * Enumerable.Range(0, Rows).Average(r => (g[(r * Columns) + c] * g[(r * Columns) + c]) + 1e-30));
            double[] update = [.. g.Select((x, i) => x / Math.Sqrt(row[i / Columns] * column[i % Columns] / row.Average()))];
            var clip = Math.Max(1, Rms(update));
            for (var i = 0; i < Size; i++)
            {
                var change = rate * update[i] / clip;
                mean[i] = (0.9 * mean[i]) + (0.1 * change);
                p[i] = (p[i] * (1 - (Decay * rate))) - (momentum ? mean[i] : change);
            }
        }

        Compare(p, "Adafactor", ["weight_decay=0.1", $"relative_step={relative}", .. momentum ? (string[])["beta1=0.9"] : []]);
    }

    [Fact]
    public void Adafactor_keeps_the_whole_variance_of_a_vector()
    {
        var (p, v) = (_start.ToArray(), new double[Size]);
        for (var t = 1; t <= Steps; t++)
        {
            var g = Draw(t);
            var beta2 = 1 - Math.Pow(t, -0.8);
            for (var i = 0; i < Size; i++) v[i] = (beta2 * v[i]) + ((1 - beta2) * ((g[i] * g[i]) + 1e-30));
            double[] update = [.. g.Select((x, i) => x / Math.Sqrt(v[i]))];
            var rate = Rate / Math.Max(1, Rms(update));
            for (var i = 0; i < Size; i++) p[i] -= rate * update[i];
        }

        Compare(p, "Adafactor", ["relative_step=False", "scale_parameter=False"], shape: [Size]);
    }

    [Fact]
    public void AdamW_in_8_bits_stays_near_AdamW()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(2);
        var start = randn([64, 80], generator: generator).mul_(0.05);
        var (exact, packed) = (start.clone().requires_grad_(), start.clone().requires_grad_());
        using var adamW = new AdamW([new ParameterGroup("unet", [exact], 1e-3)]);
        using var adamW8 = new AdamW8bit([new ParameterGroup("unet", [packed], 1e-3)]);
        for (var step = 0; step < 50; step++)
        {
            exact.grad = randn([64, 80], generator: generator) + 0.3;
            packed.grad = exact.grad.clone();
            adamW.Step();
            adamW8.Step();
        }

        var moved = (exact.detach() - start).square().mean().sqrt().item<float>();
        var apart = (exact.detach() - packed.detach()).square().mean().sqrt().item<float>();
        Assert.True(apart < 0.03 * moved, $"{apart} of {moved}");
        Assert.InRange(Bytes(adamW8) / (double)Bytes(adamW), 0.25, 0.26);
    }

    [Fact]
    public void Dynamic_values_are_256_from_their_least_to_1()
    {
        var (signed, unsigned) = (DynamicQuantization.Values(signed: true), DynamicQuantization.Values(signed: false));
        Assert.Equal((256, 256), (signed.Distinct().Count(), unsigned.Distinct().Count()));
        Assert.Equal((1f, 0f), (signed[^1], unsigned[0]));
        Assert.Equal(5.5e-7f, signed.First(x => x > 0), 1e-9f);
        Assert.Equal(-0.99296875f, signed[0], 1e-6f);
    }

    private static int Size => Rows * Columns;

    private static long Bytes(IOptimizer optimizer) => optimizer.StateTensors().Values.Sum(t => t.numel() * t.element_size());

    private Dictionary<string, double> Compare(double[] expected, string name, string[] arguments, double rate = Rate, long[]? shape = null)
    {
        using var scope = NewDisposeScope();
        shape ??= [Rows, Columns];
        var p = tensor(_start, dtype: ScalarType.Float32).reshape(shape).clone().requires_grad_();
        using var optimizer = KnownOptimizers.Create(name, [new ParameterGroup("unet", [p], rate)], arguments);
        for (var t = 1; t <= Steps; t++)
        {
            p.grad = tensor(Draw(t), dtype: ScalarType.Float32).reshape(shape);
            optimizer.Groups[0].LearningRate = rate;
            optimizer.Step();
        }

        var actual = p.detach().flatten().to(ScalarType.Float64).data<double>().ToArray();
        Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 2e-6));
        return optimizer.StateTensors().Where(t => t.Value.dtype == ScalarType.Float64).ToDictionary(t => t.Key, t => t.Value.item<double>());
    }

    // Gradients of step t; t = 0 is the start. Rounded, so that float32 holds them exactly.
    private static double[] Draw(int t)
    {
        var random = new Random(100 + t);
        return [.. Enumerable.Range(0, Size).Select(_ => Math.Round(((2 * random.NextDouble()) - 0.7) * 64) / 64)];
    }

    private static double Rms(double[] x) => Math.Sqrt(x.Average(v => v * v));
}
