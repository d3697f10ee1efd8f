using System.Globalization;
using UniVG.Diffusion;

namespace UniVG.Notebooks.Displays;

/// <summary>How numbers are written in displays, the same in HTML and in plain text.</summary>
public static class DisplayFormat
{
    /// <summary>A loss with four significant places: <c>0.1234</c>, <c>12.35</c>, <c>3.2e-5</c>; <c>not a number</c> when it is none.</summary>
    public static string Loss(double loss) => loss switch
    {
        double.NaN => "not a number",
        _ when double.IsInfinity(loss) => "infinite",
        0 => "0",
        _ when Math.Abs(loss) < 0.001 => loss.ToString("0.0##e-0", CultureInfo.InvariantCulture),
        _ when Math.Abs(loss) < 10 => loss.ToString("0.0000", CultureInfo.InvariantCulture),
        _ => loss.ToString("0.00", CultureInfo.InvariantCulture),
    };

    /// <summary>A learning rate as people type it: <c>1e-4</c>, <c>5e-5</c>, <c>1.25e-4</c>.</summary>
    public static string LearningRate(double rate) => NumberText.Rounded(rate);

    /// <summary>A norm with three significant places: <c>0.0123</c>, <c>4.56</c>, <c>1.2e-5</c>.</summary>
    public static string Norm(double norm) => norm switch
    {
        0 => "0",
        >= 0.001 and < 1000 => norm.ToString("G3", CultureInfo.InvariantCulture),
        _ => norm.ToString("0.##e-0", CultureInfo.InvariantCulture),
    };

    /// <summary>A share of 1 in percent: <c>0.01 %</c>, <c>3.2 %</c>.</summary>
    public static string Percent(double share) => (100 * share).ToString("0.##", CultureInfo.InvariantCulture) + " %";

    /// <summary>A duration: <c>0:55</c>, <c>12:03</c>, <c>1:02:03</c>, <c>2 d 03:04</c>.</summary>
    public static string Duration(TimeSpan duration) => duration switch
    {
        { TotalDays: >= 1 } => $"{duration.Days} d {duration.Hours:00}:{duration.Minutes:00}",
        { TotalHours: >= 1 } => $"{duration.Hours}:{duration.Minutes:00}:{duration.Seconds:00}",
        _ => $"{duration.Minutes}:{duration.Seconds:00}",
    };

    /// <summary>A speed in optimizer steps: <c>5.1 it/s</c>, or <c>3.2 s/it</c> below one a second.</summary>
    public static string Speed(double stepsPerSecond) => stepsPerSecond switch
    {
        <= 0 or double.NaN => "–",
        < 1 => string.Create(CultureInfo.InvariantCulture, $"{1 / stepsPerSecond:0.0} s/it"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{stepsPerSecond:0.0} it/s"),
    };

    /// <summary>A size in powers of 1024: <c>812 B</c>, <c>3.4 MB</c>, <c>1.2 GB</c>.</summary>
    public static string Bytes(long bytes) => bytes switch
    {
        < 1L << 10 => $"{bytes} B",
        < 1L << 20 => Scaled(bytes, 10, "KB"),
        < 1L << 30 => Scaled(bytes, 20, "MB"),
        _ => Scaled(bytes, 30, "GB"),
    };

    private static string Scaled(long bytes, int shift, string unit)
    {
        var value = bytes / (double)(1L << shift);
        return value.ToString(value < 10 ? "0.0" : "0", CultureInfo.InvariantCulture) + " " + unit;
    }
}
