namespace UniVG.Diffusion.Sampling;

/// <summary>All samplers. The list feeds help, completion and error messages, so that they cannot disagree.</summary>
public static class KnownSamplers
{
    // Names of the same algorithms in kohya's and AUTOMATIC1111's tools.
    private static readonly Dictionary<string, string> Aliases = new(StringComparer.OrdinalIgnoreCase)
    {
        ["k_euler"] = "euler",
        ["k_euler_a"] = "euler_a",
        ["euler_ancestral"] = "euler_a",
        ["dpmsolver++"] = "dpmpp_2m",
        ["uni_pc"] = "unipc",
    };

    /// <summary>DDIM, deterministic; the default.</summary>
    public static ISampler Ddim { get; } = new DdimSampler();

    /// <summary>Euler, deterministic.</summary>
    public static ISampler Euler { get; } = new EulerSampler();

    /// <summary>Euler with Karras' noise levels.</summary>
    public static ISampler EulerKarras { get; } = new EulerSampler(karras: true);

    /// <summary>Euler with fresh noise at every step.</summary>
    public static ISampler EulerAncestral { get; } = new EulerAncestralSampler();

    /// <summary>DPM-Solver++ (2M), second order: good pictures in few steps.</summary>
    public static ISampler DpmSolverPlusPlus2M { get; } = new DpmSolverPlusPlus2MSampler();

    /// <summary>DPM-Solver++ (2M) with Karras' noise levels.</summary>
    public static ISampler DpmSolverPlusPlus2MKarras { get; } = new DpmSolverPlusPlus2MSampler(karras: true);

    /// <summary>UniPC, second order with a corrector.</summary>
    public static ISampler UniPC { get; } = new UniPCSampler();

    /// <summary>All samplers, the default first.</summary>
    public static IReadOnlyList<ISampler> All { get; } =
        [Ddim, Euler, EulerKarras, EulerAncestral, DpmSolverPlusPlus2M, DpmSolverPlusPlus2MKarras, UniPC];

    /// <summary>The sampler with a given <see cref="ISampler.Name"/> or <see cref="ISampler.Title"/>, in any case.</summary>
    /// <exception cref="UniVGException">There is none; the message names the nearest and lists all.</exception>
    public static ISampler Find(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        var wanted = Aliases.GetValueOrDefault(name, name);
        return All.FirstOrDefault(s => IsNamed(s, wanted)) ?? throw new UniVGException(
            $"There is no sampler '{name}'{NearestMatch.Hint(name, All.Select(s => s.Name))}; choose one of {string.Join(", ", All.Select(s => s.Name))}.");
    }

    private static bool IsNamed(ISampler sampler, string name) =>
        sampler.Name.Equals(name, StringComparison.OrdinalIgnoreCase) || sampler.Title.Equals(name, StringComparison.OrdinalIgnoreCase);
}
