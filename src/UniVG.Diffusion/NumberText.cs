using System.Globalization;

namespace UniVG.Diffusion;

/// <summary>Writes numbers as people type them: <c>1e-4</c>, <c>0.05</c>, <c>3000</c>.</summary>
public static class NumberText
{
    // Beyond these a number has as many zeros as digits, and people count its exponent instead.
    private const double Small = 0.01;
    private const double Large = 1e15;

    /// <summary>The shortest text that reads back as the very number.</summary>
    public static string Exact(double value)
    {
        if (!HasExponent(value)) return value.ToString(CultureInfo.InvariantCulture);
        for (var places = 0; ; places++)
        {
            var text = value.ToString($"e{places}", CultureInfo.InvariantCulture);
            if (double.Parse(text, CultureInfo.InvariantCulture) != value) continue;
            var parts = text.Split('e');
            return string.Create(CultureInfo.InvariantCulture, $"{parts[0]}e{int.Parse(parts[1], CultureInfo.InvariantCulture)}");
        }
    }

    /// <summary>The number with four significant places.</summary>
    public static string Rounded(double value) => value.ToString(HasExponent(value) ? "0.###e-0" : "0.####", CultureInfo.InvariantCulture);

    private static bool HasExponent(double value) => value != 0 && double.IsFinite(value) && Math.Abs(value) is < Small or >= Large;
}
