using System.Text.RegularExpressions;
using System.Xml.Linq;
using UniVG.Notebooks.Hosting;

namespace UniVG.Notebooks.Tests.Displays;

/// <summary>Checks of a bundle's HTML.</summary>
internal static partial class MarkupAssert
{
    /// <summary>Parses the HTML as XML, which fails on any tag left open and any text left unescaped; scripts and styles are emptied.</summary>
    public static XElement WellFormed(MimeBundle bundle)
    {
        var html = Assert.IsType<string>(bundle.Data["text/html"]);
        return XElement.Parse(ScriptOrStyle().Replace(html, "<$1></$1>"));
    }

    [GeneratedRegex("<(script|style)>.*?</\\1>", RegexOptions.Singleline)]
    private static partial Regex ScriptOrStyle();
}
