using System.Globalization;

namespace UniVG.Benchmarks.Measuring;

/// <summary>Prints a result as a table that is also Markdown.</summary>
internal static class ResultTable
{
    public static void Write(TextWriter writer, ScenarioResult result)
    {
        var width = result.Measurements.Max(m => m.What.Length);
        writer.WriteLine();
        writer.WriteLine($"| {"what".PadRight(width)} | median ms |    min ms |    max ms |   n | extra anonymous MiB |");
        writer.WriteLine($"|-{new string('-', width)}-|----------:|----------:|----------:|----:|--------------------:|");
        foreach (var m in result.Measurements)
        {
            writer.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"| {m.What.PadRight(width)} | {m.Median,9:F2} | {m.Milliseconds.Min(),9:F2} | {m.Milliseconds.Max(),9:F2} | {m.Milliseconds.Count,3} | {m.ExtraAnonymousMiB,19:F1} |"));
        }

        writer.WriteLine();
        foreach (var note in result.Notes) writer.WriteLine($"  {note}");
        writer.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"  peak resident set {result.PeakResidentMiB:F0} MiB; anonymous memory before the scenario {result.StartAnonymousMiB:F0} MiB"));
        writer.WriteLine();
    }
}
