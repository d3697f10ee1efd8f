using UniVG.Notebooks.Hosting;

namespace UniVG.Notebooks.Displays;

/// <summary>How values of a type are shown.</summary>
/// <param name="Type">The type, or one it derives from or implements.</param>
/// <param name="Create">Shows a value of it; null where a certain value has no view.</param>
internal sealed record ResultView(Type Type, Func<object, MimeBundle?> Create)
{
    /// <summary>The view of a type.</summary>
    public static ResultView Of<T>(Func<T, MimeBundle?> create)
        where T : notnull => new(typeof(T), value => create((T)value));

    /// <summary>The card of a type.</summary>
    public static ResultView OfCard<T>(Func<T, Card> create)
        where T : notnull => Of<T>(value => create(value).ToBundle());
}
