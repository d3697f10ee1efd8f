using System.Globalization;

namespace UniVG.Benchmarks.Measuring;

/// <summary>Prints a result as a table that is also Markdown.</summary>
internal static class ResultTable
{
    public static void Write(TextWriter writer, ScenarioResult result)
    {
        var compares = result.Measurements.Any(m => m.Counterpart is not null);
        var width = result.Measurements.Max(m => m.What.Length);
        writer.WriteLine();
        writer.Write($"| {"what".PadRight(width)} | median ms |    min ms |    max ms |    CPU ms |   n | extra anonymous MiB |");
        writer.WriteLine(compares ? " PyTorch ms | its CPU ms | its extra MiB | ratio | CPU ratio |" : "");
        writer.Write($"|-{new string('-', width)}-|----------:|----------:|----------:|----------:|----:|--------------------:|");
        writer.WriteLine(compares ? "-----------:|-----------:|--------------:|------:|----------:|" : "");
        foreach (var m in result.Measurements)
        {
            writer.Write(string.Create(CultureInfo.InvariantCulture,
                $"| {m.What.PadRight(width)} | {m.Median,9:F2} | {m.Milliseconds.Min(),9:F2} | {m.Milliseconds.Max(),9:F2} | {m.MedianCpu,9:F2} | {m.Milliseconds.Count,3} | {m.ExtraAnonymousMiB,19:F1} |"));
            writer.WriteLine(m.Counterpart is not { } their ? compares ? "            |            |               |       |           |" : "" : string.Create(CultureInfo.InvariantCulture,
                $" {their.Median,10:F2} | {their.MedianCpu,10:F2} | {their.ExtraAnonymousMiB,13:F1} | {m.Median / their.Median,5:F2} | {m.MedianCpu / their.MedianCpu,9:F2} |"));
        }

        writer.WriteLine();
        foreach (var note in result.Notes) writer.WriteLine($"  {note}");
        var counterpart = result.CounterpartPeakResidentMiB is { } peak ? FormattableString.Invariant($", of the counterpart {peak:F0} MiB") : "";
        writer.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"  peak resident set {result.PeakResidentMiB:F0} MiB{counterpart}; anonymous memory before the scenario {result.StartAnonymousMiB:F0} MiB, at most {result.PeakAnonymousMiB:F0} MiB"));
        writer.WriteLine();
    }
}
