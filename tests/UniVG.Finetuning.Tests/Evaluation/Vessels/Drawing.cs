using UniVG.Finetuning.Evaluation.Vessels;

namespace UniVG.Finetuning.Tests.Evaluation.Vessels;

/// <summary>Masks drawn as text: # is vessel.</summary>
internal static class Drawing
{
    public static VesselMask Of(string rows)
    {
        var lines = rows.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return new VesselMask(lines[0].Length, lines.Length, [.. lines.SelectMany(line => line.Select(c => c == '#'))]);
    }

    public static VesselMask Where(int width, int height, Func<int, int, bool> isVessel) =>
        new(width, height, [.. Enumerable.Range(0, width * height).Select(i => isVessel(i % width, i / width))]);

    public static string Text(VesselMask mask) => string.Join(
        '\n', Enumerable.Range(0, mask.Height).Select(y => string.Concat(Enumerable.Range(0, mask.Width).Select(x => mask[x, y] ? '#' : '.'))));
}
