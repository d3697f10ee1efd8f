using System.Globalization;
using Microsoft.CodeAnalysis.CSharp;
using UniVG.Diffusion;

namespace UniVG.Kernel.Headless;

/// <summary>
/// Parameters given on the command line, as papermill does it: a new cell behind the one tagged <c>parameters</c> (at the top when
/// there is none) declares them again.
/// </summary>
internal static class NotebookParameters
{
    /// <summary>Reads <c>name=value</c>.</summary>
    /// <exception cref="UniVGException">There is no <c>=</c>, or the name is not one that C# accepts.</exception>
    public static KeyValuePair<string, string> Parse(string assignment)
    {
        var parts = assignment.Split('=', 2);
        if (parts.Length < 2) throw new UniVGException($"'-p {assignment}' has no '='; write -p name=value.");
        if (!SyntaxFacts.IsValidIdentifier(parts[0]) || SyntaxFacts.GetKeywordKind(parts[0]) != SyntaxKind.None)
        {
            throw new UniVGException($"'-p {assignment}': '{parts[0]}' cannot be the name of a C# variable.");
        }

        return KeyValuePair.Create(parts[0], parts[1]);
    }

    /// <summary>Inserts the cell that declares the parameters.</summary>
    public static void Inject(Notebook notebook, IReadOnlyCollection<KeyValuePair<string, string>> parameters)
    {
        if (parameters.Count == 0) return;
        notebook.Cells.RemoveAll(c => c.HasTag("injected-parameters"));
        var declarations = parameters.Select(p => $"var {p.Key} = {Literal(p.Value)};");
        notebook.Cells.Insert(
            notebook.Cells.FindIndex(c => c.HasTag("parameters")) + 1,
            NotebookCell.Code(string.Join('\n', declarations), "injected-parameters"));
    }

    // Numbers and truth values are what they look like; everything else is text.
    private static string Literal(string value)
    {
        if (bool.TryParse(value, out var truth)) return truth ? "true" : "false";
        if (long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole))
        {
            return whole.ToString(CultureInfo.InvariantCulture);
        }

        return double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number)
            ? $"{number.ToString("R", CultureInfo.InvariantCulture)}d"
            : SymbolDisplay.FormatLiteral(value, quote: true);
    }
}
