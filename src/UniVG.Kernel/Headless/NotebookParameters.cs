using System.Globalization;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using UniVG.Diffusion;
using UniVG.Kernel.Language;
using UniVG.Notebooks.Cells;

namespace UniVG.Kernel.Headless;

/// <summary>
/// Parameters given on the command line, as papermill does it: a new cell behind the one tagged <c>parameters</c> declares those of its
/// variables again.
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

    /// <summary>Makes sure that each parameter is one of some notebook.</summary>
    /// <exception cref="UniVGException">One is not; the message names those that there are.</exception>
    public static void RequireKnown(IReadOnlyList<Notebook> notebooks, IEnumerable<KeyValuePair<string, string>> parameters)
    {
        var known = notebooks.SelectMany(NamesIn).Distinct().ToList();
        if (parameters.FirstOrDefault(p => !known.Contains(p.Key)) is not { Key: { } unknown }) return;
        var titles = string.Join(", ", notebooks.Select(notebook => $"'{notebook.Title}'"));
        throw new UniVGException(known.Count == 0
            ? $"There is no parameter '{unknown}': {titles} has no cell that is tagged 'parameters' and declares variables."
            : $"There is no parameter '{unknown}'{NearestMatch.Hint(unknown, known)}; the parameters of {titles} are {string.Join(", ", known)}.");
    }

    /// <summary>Inserts the cell that declares the parameters that the notebook has.</summary>
    public static void Inject(Notebook notebook, IEnumerable<KeyValuePair<string, string>> parameters)
    {
        var known = NamesIn(notebook);
        List<string> declarations = [.. parameters.Where(p => known.Contains(p.Key)).Select(p => $"var {p.Key} = {Literal(p.Value)};")];
        if (declarations.Count == 0) return;
        notebook.Cells.RemoveAll(c => c.HasTag("injected-parameters"));
        notebook.Cells.Insert(notebook.Cells.FindIndex(IsTagged) + 1, NotebookCell.Code(string.Join('\n', declarations), "injected-parameters"));
    }

    private static List<string> NamesIn(Notebook notebook) =>
    [
        .. CellLanguage.Cells.Parse(notebook.Cells.Find(IsTagged)?.Source ?? "").OfType<CSharpSegment>()
            .SelectMany(code => CSharpSyntaxTree.ParseText(code.Text, CellLanguage.ScriptSyntax).GetCompilationUnitRoot().Members)
            .OfType<FieldDeclarationSyntax>().SelectMany(field => field.Declaration.Variables).Select(variable => variable.Identifier.ValueText),
    ];

    private static bool IsTagged(NotebookCell cell) => cell.HasTag("parameters");

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
