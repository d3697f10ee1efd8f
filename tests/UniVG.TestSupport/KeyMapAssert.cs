using UniVG.Diffusion.Weights;
using Xunit;

namespace UniVG.TestSupport;

/// <summary>Comparisons with the tables of the names that real SD 1.5 files and adapters have.</summary>
public static class KeyMapAssert
{
    /// <summary>Asserts that a model has exactly the diffusers names and shapes of one part ("unet", "vae", "te") of SD 1.5.</summary>
    public static void SameNamesAndShapes(string part, ModelWeights weights)
    {
        var expected = File.ReadLines(Goldens.ReferencePath("keymap.tsv")).Skip(1).Select(line => line.Split('\t'))
            .Where(c => c[0] == part && !c[2].EndsWith("position_ids", StringComparison.Ordinal))
            .Select(c => $"{c[2]} {c[4]}");
        var actual = weights.Tensors.Select(t => $"{t.Key} {string.Join('x', t.Value.shape)}");
        Assert.Equal(expected.Order(StringComparer.Ordinal), actual.Order(StringComparer.Ordinal));
    }

    /// <summary>The module paths of all adapter targets with a name prefix, in the order in which kohya creates them.</summary>
    public static IReadOnlyList<string> AdapterModules(string prefix) =>
    [
        .. File.ReadLines(Goldens.ReferencePath("targets.tsv")).Select(line => line.Split('\t'))
            .Where(c => c[0].StartsWith(prefix, StringComparison.Ordinal)).Select(c => c[1]),
    ];
}
