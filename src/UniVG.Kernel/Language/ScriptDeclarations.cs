using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Scripting;

namespace UniVG.Kernel.Language;

/// <summary>
/// What the cells run so far have declared, as the text of one script: usings, and the latest declaration of every name. Completing
/// on top of that text takes the same time after 600 cells as after one; a chain of 600 submissions would not.
/// </summary>
internal sealed partial class ScriptDeclarations
{
    private static readonly SymbolDisplayFormat TypeNames = new(
        globalNamespaceStyle: SymbolDisplayGlobalNamespaceStyle.Omitted,
        typeQualificationStyle: SymbolDisplayTypeQualificationStyle.NameAndContainingTypesAndNamespaces,
        genericsOptions: SymbolDisplayGenericsOptions.IncludeTypeParameters,
        miscellaneousOptions: SymbolDisplayMiscellaneousOptions.UseSpecialTypes
            | SymbolDisplayMiscellaneousOptions.IncludeNullableReferenceTypeModifier);

    private readonly OrderedDictionary<string, string> _declarations = [];
    private readonly HashSet<string> _usings = [];

    /// <summary>Everything declared so far, ending in a line break.</summary>
    public string Text => string.Concat(_usings.Concat(_declarations.Values).Select(line => line + "\n"));

    /// <summary>Takes up what a script declares.</summary>
    public void Add(Script script)
    {
        var compilation = script.GetCompilation();
        foreach (var root in compilation.SyntaxTrees.Select(t => t.GetRoot()).OfType<CompilationUnitSyntax>())
        {
            _usings.UnionWith(root.Usings.Select(u => u.ToString()));
        }

        foreach (var member in compilation.ScriptClass?.GetMembers() ?? [])
        {
            if (member.IsImplicitlyDeclared || !member.CanBeReferencedByName) continue;
            if (member.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax() is { } syntax) Add(member, syntax);
        }
    }

    private void Add(ISymbol member, SyntaxNode syntax)
    {
        switch (member)
        {
            case IFieldSymbol field:
                _declarations[$"value {field.Name}"] = FieldText(field, syntax);
                break;
            case IPropertySymbol property:
                _declarations[$"value {property.Name}"] = syntax.ToString();
                break;
            case IMethodSymbol { MethodKind: MethodKind.Ordinary } method:
                _declarations[$"method {method.ToDisplayString()}"] = syntax.ToString();
                break;
            case INamedTypeSymbol type:
                _declarations[$"type {type.MetadataName}"] = syntax.ToString();
                break;
        }
    }

    // An anonymous type has no name to declare a variable by; its initialiser says what it is.
    private static string FieldText(IFieldSymbol field, SyntaxNode syntax)
    {
        var type = SubmissionPrefix().Replace(field.Type.ToDisplayString(TypeNames), "");
        return type.Contains("anonymous type", StringComparison.Ordinal) && syntax is VariableDeclaratorSyntax { Initializer: { } initializer }
            ? $"var {field.Name} {initializer};"
            : $"{type} {field.Name} = default!;";
    }

    [GeneratedRegex(@"Submission#\d+\.")]
    private static partial Regex SubmissionPrefix();
}
