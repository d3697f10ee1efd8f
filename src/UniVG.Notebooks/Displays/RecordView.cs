using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using UniVG.Diffusion;
using UniVG.Notebooks.Hosting;

namespace UniVG.Notebooks.Displays;

/// <summary>
/// Shows the records of our libraries that have no view of their own, by their properties: one as a card, several as a table.
/// </summary>
internal static partial class RecordView
{
    private const int MostRows = 100;
    private const int MostItems = 6;

    // A record in a record is told within its line; what that holds in turn is not.
    private const int Depth = 1;

    /// <summary>Shows a record, or a list of records; null for anything else.</summary>
    public static MimeBundle? Create(object value) =>
        IsOurRecord(value.GetType()) ? CardOf(value).ToBundle()
        : value is IEnumerable items && ItemType(value.GetType()) is { } type && IsOurRecord(type) ? TableOf(type, items).ToBundle()
        : null;

    private static Card CardOf(object record) => new(Words(record.GetType().Name, isTitle: true))
    {
        Facts = [.. Properties(record.GetType()).Select(property => KeyValuePair.Create(Words(property.Name), Text(Get(property, record), Depth)))],
    };

    private static Table TableOf(Type type, IEnumerable items)
    {
        var properties = Properties(type);
        var shown = items.OfType<object>().Take(MostRows + 1).ToList();
        return new Table(
            [.. properties.Select(property => new TableColumn(Words(property.Name), Numeric: IsNumber(property.PropertyType)))],
            [.. shown.Take(MostRows).Select(item => (string[])[.. properties.Select(property => Text(Get(property, item), Depth))])])
        {
            Title = shown.Count > MostRows ? $"The first {MostRows}" : null,
        };
    }

    private static string Text(object? value, int depth) => value switch
    {
        null => "–",
        string text => text,
        double.NaN => "not a number",
        double number => NumberText.Rounded(number),
        DateTimeOffset time => time.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture),
        TimeSpan time => DisplayFormat.Duration(time),
        Enum word => Words(word.ToString()),
        IFormattable formattable => formattable.ToString(null, CultureInfo.InvariantCulture),
        _ when IsOurRecord(value.GetType()) => depth <= 0 ? Words(value.GetType().Name)
            : string.Join(", ", Properties(value.GetType()).Select(property => $"{Words(property.Name)} {Text(Get(property, value), depth - 1)}")),
        IEnumerable when depth < 0 => "…",
        IEnumerable items => List([.. items.Cast<object?>().Take(MostItems + 1).Select(item => Text(item, Math.Min(depth, 1) - 1))]),
        bool truth => truth ? "yes" : "no",
        _ when OverridesToString(value.GetType()) => value.ToString() ?? "",
        _ => Words(value.GetType().Name),
    };

    private static string List(IReadOnlyList<string> items) =>
        items.Count == 0 ? "none" : string.Join(", ", items.Take(MostItems)) + (items.Count > MostItems ? ", …" : "");

    // A property that cannot be had, such as one of something that was disposed, spoils nothing.
    private static object? Get(PropertyInfo property, object record)
    {
        try
        {
            return property.GetValue(record);
        }
        catch (TargetInvocationException)
        {
            return null;
        }
    }

    private static List<PropertyInfo> Properties(Type type) =>
        [.. type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(property => property.GetIndexParameters().Length == 0)];

    // The compiler gives every record this method, and nothing else one.
    private static bool IsOurRecord(Type type) => type.Assembly.GetName().Name!.StartsWith("UniVG.", StringComparison.Ordinal)
        && type.GetMethod("PrintMembers", BindingFlags.NonPublic | BindingFlags.Instance) is not null;

    private static Type? ItemType(Type type) => type.GetInterfaces()
        .FirstOrDefault(implemented => implemented.IsGenericType && implemented.GetGenericTypeDefinition() == typeof(IEnumerable<>))?.GetGenericArguments()[0];

    private static bool IsNumber(Type type) => Type.GetTypeCode(Nullable.GetUnderlyingType(type) ?? type) is >= TypeCode.SByte and <= TypeCode.Decimal && !type.IsEnum;

    private static bool OverridesToString(Type type) => type.GetMethod(nameof(ToString), Type.EmptyTypes)?.DeclaringType != typeof(object);

    // LearningRate → learning rate, UNetModules → UNet modules.
    private static string Words(string name, bool isTitle = false)
    {
        var words = string.Join(' ', Humps().Split(name).Select(word => word.Count(char.IsUpper) > 1 ? word : word.ToLowerInvariant()));
        return isTitle ? char.ToUpperInvariant(words[0]) + words[1..] : words;
    }

    [GeneratedRegex("(?<=[a-z0-9])(?=[A-Z])")]
    private static partial Regex Humps();
}
