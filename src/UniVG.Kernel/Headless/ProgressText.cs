using System.Globalization;
using UniVG.Kernel.Execution;

namespace UniVG.Kernel.Headless;

/// <summary>The words that progress lines are made of.</summary>
internal static class ProgressText
{
    public static string Position(int number, int cells) => $"[{number.ToString(CultureInfo.InvariantCulture).PadLeft(Digits(cells))}/{cells}]";

    public static string Seconds(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds,6:0.0} s");

    public static string Failed(CellError? error) => error is null ? "" : $"FAILED ({error.Name}): ";

    public static string FirstLine(string text) => text.Split('\n', 2)[0].TrimEnd();

    private static int Digits(int number) => number.ToString(CultureInfo.InvariantCulture).Length;
}
