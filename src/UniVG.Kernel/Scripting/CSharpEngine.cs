using System.Reflection;
using System.Runtime.ExceptionServices;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Scripting;
using Microsoft.CodeAnalysis.Scripting;
using Microsoft.CodeAnalysis.Scripting.Hosting;

namespace UniVG.Kernel.Scripting;

/// <summary>
/// Compiles and runs the C# of cells; variables, methods, types and usings live on from cell to cell. Not thread-safe: one cell at a time.
/// </summary>
/// <param name="imports">The namespaces that cells need no <c>using</c> for; each must exist.</param>
internal sealed class CSharpEngine(IEnumerable<string> imports) : IDisposable
{
    private readonly InteractiveAssemblyLoader _loader = new();
    private readonly CellRunner _runner = new();
    private readonly Lazy<ScriptOptions> _defaults = new(() => CreateOptions(imports));
    private readonly List<MetadataReference> _added = [];
    private ScriptState<object>? _state;

    /// <summary>Raised with every script before it runs.</summary>
    public event Action<Script>? Starting;

    /// <summary>Raised with every script that ran, for what completes and explains code.</summary>
    public event Action<Script>? Ran;

    /// <summary>The thread that cells begin on, for commands that share a cell with C#.</summary>
    public CellRunner Runner => _runner;

    /// <summary>The options of the first cell: references, imports, language version.</summary>
    public ScriptOptions DefaultOptions => _defaults.Value;

    /// <summary>Compiles and runs something small, so that the first cell finds a compiler that is ready.</summary>
    public void WarmUp() => 
        CSharpScript.EvaluateAsync<object>("1 + 1", DefaultOptions.WithReferences(ScriptReferences.Create())).Wait();

    /// <summary>Lets the following cells use assemblies that are loaded.</summary>
    /// <param name="assemblies">The assemblies, as loaded.</param>
    /// <param name="compileFiles">The files that code is compiled against; those that cells see already are passed over.</param>
    public void AddAssemblies(IEnumerable<Assembly> assemblies, IEnumerable<string> compileFiles)
    {
        foreach (var assembly in assemblies) _loader.RegisterDependency(assembly);
        _added.AddRange(compileFiles.Where(file => !ScriptReferences.Contains(file)).Select(file => MetadataReference.CreateFromFile(file)));
    }

    /// <summary>Runs code on top of what earlier cells declared.</summary>
    /// <param name="code">The code; <c>await</c> is allowed at the top level.</param>
    /// <param name="cell">The cell's number, named in stack traces.</param>
    /// <param name="line">The line of the cell on which the code begins, from 0, so that errors name the cell's own lines.</param>
    /// <param name="cancellationToken">Interrupts the code.</param>
    /// <returns>The value of a last expression without semicolon; null when there is none.</returns>
    /// <exception cref="CellCompilationException">The code does not compile; nothing of it ran.</exception>
    public async Task<object?> RunAsync(string code, int cell, int line, CancellationToken cancellationToken)
    {
        var script = Compile(new string('\n', line) + code, cell, cancellationToken);
        Starting?.Invoke(script);
        var before = _state;

        // A cell that fails keeps the variables it had set before: its exception is caught into the state and thrown below.
        _state = await _runner.RunAsync(
            () => before is null
                ? script.RunAsync(globals: null, catchException: _ => true, CancellationToken.None)
                : script.RunFromAsync(before, catchException: _ => true, CancellationToken.None),
            cancellationToken);
        _added.Clear();
        Ran?.Invoke(script);
        if (_state.Exception is { } exception) ExceptionDispatchInfo.Throw(exception);
        return _state.ReturnValue;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _runner.Dispose();
        _loader.Dispose();
    }

    private Script<object> Compile(string code, int cell, CancellationToken cancellationToken)
    {
        var path = $"cell{cell}.csx";

        // A submission inherits the references of the one before it; naming them again would make the list grow quadratically.
        var script = _state is null
            ? CSharpScript.Create<object>(code, DefaultOptions.AddReferences(_added).WithFilePath(path), assemblyLoader: _loader)
            : _state.Script.ContinueWith<object>(code, DefaultOptions.WithReferences(_added).WithFilePath(path));
        var errors = script.Compile(cancellationToken).Where(d => d.Severity == DiagnosticSeverity.Error).ToList();
        return errors.Count == 0 ? script : throw new CellCompilationException(errors);
    }

    private static ScriptOptions CreateOptions(IEnumerable<string> imports) => ScriptOptions.Default
        .WithReferences(ScriptReferences.Create())
        .WithImports(imports)
        .WithLanguageVersion(LanguageVersion.Latest)
        .WithAllowUnsafe(true)
        .WithOptimizationLevel(OptimizationLevel.Release)
        .WithEmitDebugInformation(true)
        .WithFileEncoding(Encoding.UTF8)
        .WithSourceResolver(ScriptSourceResolver.Default.WithBaseDirectory(Environment.CurrentDirectory))
        .WithMetadataResolver(ScriptMetadataResolver.Default.WithBaseDirectory(Environment.CurrentDirectory));
}
