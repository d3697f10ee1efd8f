using System.Collections;
using System.Globalization;
using System.Text;

namespace UniVG.Finetuning.Training;

/// <summary>Values as Python prints them, <c>str()</c> and <c>json.dumps()</c>: kohya's metadata is made so, and tools compare its text.</summary>
internal static class PythonText
{
    /// <summary><c>None</c>.</summary>
    public const string None = "None";

    /// <summary><c>True</c> or <c>False</c>.</summary>
    public static string Text(bool value) => value ? "True" : "False";

    /// <summary>Plain digits.</summary>
    public static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);

    /// <summary>The shortest text that reads back as the value, which is below 1e16: 1.0, 0.0001, 1e-05.</summary>
    public static string Text(double value)
    {
        if (double.IsNaN(value)) return "nan";
        if (double.IsInfinity(value)) return value > 0 ? "inf" : "-inf";
        var text = value.ToString("R", CultureInfo.InvariantCulture).Replace('E', 'e');
        return text.AsSpan().IndexOfAny('.', 'e') >= 0 ? text : text + ".0";
    }

    /// <summary>The value, or <c>None</c>.</summary>
    public static string Text(double? value) => value is { } number ? Text(number) : None;

    /// <summary>JSON in ASCII with Python's spaces: <c>{"a": [1, 2.0]}</c>.</summary>
    /// <param name="value">null, a bool, a number, text, a dictionary with text keys, or a sequence.</param>
    public static string Json(object? value) => value switch
    {
        null => "null",
        bool flag => flag ? "true" : "false",
        int number => Text(number),
        double number => Text(number),
        string text => Quote(text),
        IDictionary map => "{" + string.Join(", ", map.Keys.Cast<string>().Select(key => $"{Quote(key)}: {Json(map[key])}")) + "}",
        IEnumerable sequence => "[" + string.Join(", ", sequence.Cast<object?>().Select(Json)) + "]",
        _ => throw new ArgumentException($"A {value.GetType()} has no JSON form here.", nameof(value)),
    };

    private static string Quote(string text)
    {
        var json = new StringBuilder("\"");
        foreach (var c in text)
        {
            json.Append(c switch
            {
                '"' => "\\\"",
                '\\' => @"\\",
                '\n' => "\\n",
                '\r' => "\\r",
                '\t' => "\\t",
                '\b' => "\\b",
                '\f' => "\\f",
                >= ' ' and <= '~' => c.ToString(),
                _ => string.Create(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"),
            });
        }

        return json.Append('"').ToString();
    }
}
