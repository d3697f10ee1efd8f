using System.Collections.Concurrent;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Completion;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Host.Mef;
using Microsoft.CodeAnalysis.QuickInfo;
using Microsoft.CodeAnalysis.Scripting;
using Microsoft.CodeAnalysis.Tags;
using Microsoft.CodeAnalysis.Text;
using UniVG.Kernel.Scripting;
using UniVG.Notebooks.Hosting;

namespace UniVG.Kernel.Language;

/// <summary>Completes and explains C# on top of what the cells have declared. Used by one thread, which may be another than the cells'.</summary>
internal sealed class CSharpLanguage
{
    private static readonly CSharpParseOptions ScriptSyntax = new(LanguageVersion.Latest, DocumentationMode.Parse, SourceCodeKind.Script);

    private readonly CSharpEngine _engine;
    private readonly ConcurrentQueue<Script> _unread = new();
    private readonly ScriptDeclarations _declarations = new();
    private AdhocWorkspace? _workspace;
    private ProjectId? _project;
    private IReadOnlyList<MetadataReference>? _references;
    private int _referenceCount;

    public CSharpLanguage(CSharpEngine engine)
    {
        _engine = engine;
        _engine.Ran += _unread.Enqueue;
    }

    /// <summary>What may stand at a position of the code, best matches first.</summary>
    public async Task<IReadOnlyList<CellCompletion>> CompleteAsync(string code, int position)
    {
        var (document, offset) = DocumentFor(code);
        var list = await CompletionService.GetService(document)!.GetCompletionsAsync(document, position + offset);
        if (list.ItemsList.Count == 0) return [];

        var start = list.Span.Start - offset;
        var typed = code[start..position];
        return
        [
            .. from item in list.ItemsList
               where !item.Tags.Contains(WellKnownTags.Operator) && !item.Tags.Contains(WellKnownTags.Snippet)
               where item.FilterText.StartsWith(typed, StringComparison.OrdinalIgnoreCase)
               orderby item.FilterText.StartsWith(typed, StringComparison.Ordinal) descending, item.SortText
               group item by item.DisplayText into same
               select new CellCompletion(same.Key, KindOf(same.First()), start, position),
        ];
    }

    /// <summary>The signature and documentation of what stands at a position of the code, or directly before it.</summary>
    public async Task<MimeBundle?> DescribeAsync(string code, int position)
    {
        var (document, offset) = DocumentFor(code);
        var service = QuickInfoService.GetService(document)!;
        var info = await service.GetQuickInfoAsync(document, position + offset);
        if (info is null && position > 0) info = await service.GetQuickInfoAsync(document, position + offset - 1);
        return info is null ? null : new MimeBundle(string.Join('\n', info.Sections.Select(s => s.Text))).With("text/markdown", string.Join("\n\n", info.Sections.Select(Markdown)));
    }

    // The signature as code; in the documentation single line breaks are paragraphs.
    private static string Markdown(QuickInfoSection section) => section.Kind == QuickInfoSectionKinds.Description
        ? $"```csharp\n{section.Text}\n```"
        : section.Text.ReplaceLineEndings("\n\n");

    private static string KindOf(CompletionItem item) => item.Tags.FirstOrDefault()?.ToLowerInvariant() ?? "text";

    // The code behind everything that is declared; the document is a fork that the workspace never sees.
    private (Document Document, int Offset) DocumentFor(string code)
    {
        while (_unread.TryDequeue(out var script)) Read(script);
        var declarations = _declarations.Text;
        var workspace = _workspace ??= new AdhocWorkspace(MefHostServices.Create(MefHostServices.DefaultAssemblies));
        _project ??= AddProject(workspace);
        var id = DocumentId.CreateNewId(_project);
        var solution = workspace.CurrentSolution.AddDocument(id, "cell.csx", SourceText.From(declarations + code));
        return (solution.GetDocument(id)!, declarations.Length);
    }

    private void Read(Script script)
    {
        _declarations.Add(script);
        var compilation = script.GetCompilation();
        if (compilation.References.Count() == _referenceCount) return;
        _referenceCount = compilation.References.Count();
        _references = ScriptReferences.CreateFor(compilation);
        _project = null;
    }

    private ProjectId AddProject(AdhocWorkspace workspace)
    {
        workspace.ClearSolution();
        var options = _engine.DefaultOptions;
        var compilation = new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, usings: options.Imports, allowUnsafe: true);
        var project = ProjectInfo.Create(
            ProjectId.CreateNewId(),
            VersionStamp.Default,
            "cell",
            "cell",
            LanguageNames.CSharp,
            compilationOptions: compilation,
            parseOptions: ScriptSyntax,
            metadataReferences: _references ?? ScriptReferences.Create(),
            isSubmission: true);
        return workspace.AddProject(project).Id;
    }
}
