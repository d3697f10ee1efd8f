using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using UniVG.Diffusion.Model;
using static TorchSharp.torch;

namespace UniVG.Diffusion.Schedules;

/// <summary>
/// How much noise each timestep adds (Ho et al. 2020): x_t = √ᾱ_t · x0 + √(1 − ᾱ_t) · ε, where ᾱ_t is the product of 1 − β up to
/// and including t. Kept in float32, as diffusers computes it.
/// </summary>
public sealed class NoiseSchedule
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };
    private readonly float[] _betas;
    private readonly float[] _alphasCumprod;
    private readonly ConcurrentDictionary<string, Tensor> _tables = []; // ᾱ by device: a copy to a GPU would wait for it at each step

    private NoiseSchedule(float[] betas, float[] alphasCumprod, string name)
    {
        _betas = betas;
        _alphasCumprod = alphasCumprod;
        Name = name;
    }

    /// <summary>The schedule of Stable Diffusion 1.x, and of all common tools: scaled linear, β from 0.00085 to 0.012.</summary>
    public static NoiseSchedule StableDiffusion { get; } = Create(ScaledLinearBetas(0.00085, 0.012, 1000), "Stable Diffusion");

    /// <summary>The schedule in UniVG's configuration: scaled linear, β from 0.0015 to 0.0195, noisier than Stable Diffusion's at every timestep.</summary>
    public static NoiseSchedule UniVG { get; } = Create(ScaledLinearBetas(0.0015, 0.0195, 1000), "UniVG");

    /// <summary>A name for people: "Stable Diffusion", "UniVG", or what is known of another schedule.</summary>
    public string Name { get; }

    /// <summary>Whether it is Stable Diffusion's: tools that know no other schedule can only use models of this one as they were trained.</summary>
    public bool IsStableDiffusion => IsSameAs(StableDiffusion);

    /// <summary>The number of timesteps, usually 1000.</summary>
    public int Count => _betas.Length;

    /// <summary>β_t, the variance that timestep t adds.</summary>
    public IReadOnlyList<float> Betas => _betas;

    /// <summary>β_0, free of float32's rounding.</summary>
    public double BetaStart => Decimal(_betas[0]);

    /// <summary>The last β, free of float32's rounding.</summary>
    public double BetaEnd => Decimal(_betas[^1]);

    /// <summary>ᾱ_t, the share of variance that is left of the image at timestep t.</summary>
    public IReadOnlyList<float> AlphasCumprod => _alphasCumprod;

    /// <summary>β evenly spaced in √β between the two ends; LDM calls this form "linear", diffusers "scaled_linear".</summary>
    /// <exception cref="UniVGException">The ends are not 0 &lt; start ≤ end &lt; 1.</exception>
    public static NoiseSchedule ScaledLinear(double betaStart, double betaEnd, int count = 1000)
    {
        if (!(betaStart > 0 && betaStart <= betaEnd && betaEnd < 1) || count < 2)
        {
            throw new UniVGException(string.Create(
                CultureInfo.InvariantCulture,
                $"A noise schedule from beta {betaStart} to {betaEnd} in {count} steps is impossible; use 0 < start ≤ end < 1, like 0.00085 to 0.012."));
        }

        return FromBetas(ScaledLinearBetas(betaStart, betaEnd, count));
    }

    /// <summary>The schedule with the given β, for example those stored in a checkpoint.</summary>
    /// <exception cref="UniVGException">A value is not in [0, 1].</exception>
    public static NoiseSchedule FromBetas(ReadOnlySpan<float> betas)
    {
        foreach (var beta in betas)
        {
            if (!(beta is >= 0 and <= 1)) throw NotASchedule("beta", beta);
        }

        return betas.Length >= 2 ? Known(Create(betas.ToArray(), Describe(betas))) : throw NotASchedule("count", betas.Length);
    }

    /// <summary>The schedule with the given ᾱ, for example those stored in a checkpoint.</summary>
    /// <exception cref="UniVGException">The values do not fall from below 1 towards 0.</exception>
    public static NoiseSchedule FromAlphasCumprod(ReadOnlySpan<float> alphasCumprod)
    {
        if (alphasCumprod.Length < 2) throw NotASchedule("count", alphasCumprod.Length);
        var betas = new float[alphasCumprod.Length];
        var previous = 1f;
        for (var t = 0; t < betas.Length; t++)
        {

            // Equal neighbours occur in tables that were stored in half precision.
            if (!(alphasCumprod[t] >= 0 && alphasCumprod[t] < 1 && alphasCumprod[t] <= previous)) throw NotASchedule("alphas_cumprod", alphasCumprod[t]);
            betas[t] = previous > 0 ? 1 - (alphasCumprod[t] / previous) : 1;
            previous = alphasCumprod[t];
        }

        return Known(new NoiseSchedule(betas, alphasCumprod.ToArray(), Describe(betas)));
    }

    /// <summary>Reads diffusers' scheduler_config.json, whichever sampler it names.</summary>
    /// <exception cref="UniVGException">It describes a schedule of another form, or a model that does not predict noise.</exception>
    public static NoiseSchedule FromJson(string json)
    {
        var reader = new ConfigReader(json, "scheduler");
        reader.Require("prediction_type", "epsilon");
        reader.Require("rescale_betas_zero_snr", false);
        if (reader.Doubles("trained_betas") is { } trained) return FromBetas([.. trained.Select(b => (float)b)]);
        reader.Require("beta_schedule", "scaled_linear");
        return ScaledLinear(reader.Double("beta_start", 0.00085), reader.Double("beta_end", 0.012), reader.Int("num_train_timesteps", 1000));
    }

    /// <summary>Writes the scheduler_config.json that diffusers reads, with DDIM as Stable Diffusion 1.5 sets it.</summary>
    public string ToJson()
    {
        var config = new Dictionary<string, object>
        {
            ["_class_name"] = "DDIMScheduler",
            ["beta_end"] = BetaEnd,
            ["beta_schedule"] = "scaled_linear",
            ["beta_start"] = BetaStart,
            ["clip_sample"] = false,
            ["num_train_timesteps"] = Count,
            ["prediction_type"] = "epsilon",
            ["set_alpha_to_one"] = false,
            ["steps_offset"] = 1,
            ["timestep_spacing"] = "leading",
        };
        if (!IsScaledLinear(_betas)) config["trained_betas"] = _betas;
        return JsonSerializer.Serialize(config, Indented);
    }

    /// <summary>The signal-to-noise ratio ᾱ / (1 − ᾱ) of timestep t.</summary>
    public double Snr(int t) => _alphasCumprod[t] / (1.0 - _alphasCumprod[t]);

    /// <summary>The noise level σ = √((1 − ᾱ) / ᾱ) of timestep t, as Karras et al. 2022 define it.</summary>
    public double Sigma(int t) => Math.Sqrt((1.0 - _alphasCumprod[t]) / _alphasCumprod[t]);

    /// <summary>x_t = √ᾱ · x0 + √(1 − ᾱ) · ε.</summary>
    /// <param name="x0">(B, …), clean.</param>
    /// <param name="noise">ε, of the shape of <paramref name="x0"/>.</param>
    /// <param name="timesteps">(B) int64, on the same device.</param>
    /// <returns>(B, …); owned by the caller.</returns>
    public Tensor AddNoise(Tensor x0, Tensor noise, Tensor timesteps) => Mix(x0, noise, 1, timesteps);

    /// <summary>The target of v-prediction (Salimans and Ho 2022), v = √ᾱ · ε − √(1 − ᾱ) · x0; arguments as in <see cref="AddNoise"/>.</summary>
    public Tensor Velocity(Tensor x0, Tensor noise, Tensor timesteps) => Mix(noise, x0, -1, timesteps);

    /// <summary>
    /// The schedule stretched so that nothing is left of the image at the last timestep (Lin et al. 2024): √ᾱ is shifted to end at
    /// 0 and scaled to keep its start.
    /// </summary>
    public NoiseSchedule WithZeroTerminalSnr()
    {
        var roots = _alphasCumprod.Select(a => MathF.Sqrt(a)).ToArray();
        var scale = roots[0] / (roots[0] - roots[^1]);
        return FromAlphasCumprod([.. roots.Select(r => MathF.Pow((r - roots[^1]) * scale, 2))]);
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Name} (beta {BetaStart} to {BetaEnd})");

    private Tensor Mix(Tensor signal, Tensor other, int sign, Tensor timesteps)
    {
        ArgumentNullException.ThrowIfNull(signal);
        ArgumentNullException.ThrowIfNull(other);
        ArgumentNullException.ThrowIfNull(timesteps);
        using var s = NewDisposeScope();
        var table = _tables.GetOrAdd(signal.device.ToString(), _ => tensor(_alphasCumprod, device: signal.device).DetachFromDisposeScope());
        long[] perSample = [-1, .. Enumerable.Repeat(1L, signal.shape.Length - 1)];
        var alpha = table.index_select(0, timesteps).reshape(perSample);
        var mixed = (alpha.sqrt() * signal) + (sign * (1 - alpha).sqrt() * other);
        return mixed.to(signal.dtype).MoveToOuterDisposeScope();
    }

    private static NoiseSchedule Create(float[] betas, string name)
    {
        // PyTorch accumulates a float32 product in double and rounds every partial result.
        var product = 1.0;
        return new NoiseSchedule(betas, [.. betas.Select(b => (float)(product *= 1f - b))], name);
    }

    // Both halves are counted from their own end, as torch.linspace does.
    private static float[] ScaledLinearBetas(double betaStart, double betaEnd, int count)
    {
        var (start, end) = ((float)Math.Sqrt(betaStart), (float)Math.Sqrt(betaEnd));
        var step = (end - start) / (count - 1);
        return [.. Enumerable.Range(0, count).Select(i => i < count / 2 ? start + (step * i) : end - (step * (count - 1 - i))).Select(r => r * r)];
    }

    private static NoiseSchedule Known(NoiseSchedule schedule) =>
        schedule.IsSameAs(StableDiffusion) ? StableDiffusion : schedule.IsSameAs(UniVG) ? UniVG : schedule;

    private static string Describe(ReadOnlySpan<float> betas) => IsScaledLinear(betas) ? "scaled linear" : "custom";

    private static bool IsScaledLinear(ReadOnlySpan<float> betas) => betas[0] > 0
        && AreClose(betas, ScaledLinearBetas(Decimal(betas[0]), Decimal(betas[^1]), betas.Length));

    private bool IsSameAs(NoiseSchedule other) => AreClose(_alphasCumprod, other._alphasCumprod);

    // Half-precision copies of the tables in pruned checkpoints differ by 5e-4; the two known schedules by 6e-4 at t = 0 and more later.
    private static bool AreClose(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        if (a.Length != b.Length) return false;
        for (var i = 0; i < a.Length; i++)
        {
            if (!(Math.Abs(a[i] - b[i]) <= 1e-3 * Math.Max(a[i], b[i]))) return false;
        }

        return true;
    }

    private static double Decimal(float value) => Math.Round((double)value, 7);

    private static UniVGException NotASchedule(string what, float value) => new(string.Create(
        CultureInfo.InvariantCulture,
        $"The noise schedule has {what} = {value}, which is impossible; choose the schedule by hand (sd or univg)."));
}
