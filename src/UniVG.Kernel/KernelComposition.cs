using System.Reflection;
using UniVG.Diffusion;
using UniVG.Kernel.Execution;
using UniVG.Kernel.Runs;
using UniVG.Kernel.Scripting;
using UniVG.Notebooks.Commands;
using UniVG.Notebooks.Diagnostics;
using UniVG.Notebooks.Displays;
using UniVG.Notebooks.Exploration;
using UniVG.Notebooks.Exploration.Grids;
using UniVG.Notebooks.Exploration.Sweeps;
using UniVG.Notebooks.Hosting;
using UniVG.Notebooks.Session;

namespace UniVG.Kernel;

/// <summary>Puts together what a notebook session is made of.</summary>
internal static class KernelComposition
{
    private static readonly string[] FrameworkImports =
    [
        "System", "System.IO", "System.Linq", "System.Collections.Generic", "System.Threading", "System.Threading.Tasks",
    ];

    private static readonly string[] NotebookImports =
    [
        typeof(INotebookHost).Namespace!,
        typeof(UniVGSession).Namespace!,
        typeof(ResultFormatter).Namespace!,
        typeof(RunComparison).Namespace!,
        typeof(SweepRequest).Namespace!,
        typeof(SampleGrid).Namespace!,
        typeof(CellFunctions).Namespace!,
        typeof(CellFunctions).FullName!,
    ];

    /// <summary>
    /// The namespaces that C# cells see without <c>using</c>: the framework's usual ones and UniVG's; of the notebook layer only
    /// those that cells work with, because the rest has names of its own for what the libraries name already. Found when they are first
    /// needed: the kernel answers its client before.
    /// </summary>
    public static IEnumerable<string> Imports => FrameworkImports
        .Concat(LibraryAssemblies().SelectMany(ScriptReferences.NamespacesOf))
        .Concat(NotebookImports);

    /// <summary>A fresh session: no C# state, no model.</summary>
    /// <param name="hostName">The host's name, as <c>#!univg doctor</c> prints it.</param>
    public static NotebookSession CreateSession(string hostName)
    {
        NativeErrors.Install();
        var session = new UniVGSession();
        var engine = new CSharpEngine(Imports);
        engine.Starting += TorchOnDemand.LoadFor;
        return new NotebookSession(hostName, session, new CommandRunner(session, new WorkerLauncher()), engine, ResultFormatter.Format);
    }

    private static IEnumerable<Assembly> LibraryAssemblies()
    {
        yield return typeof(UniVGException).Assembly;
        yield return typeof(Finetuning.Training.StepReport).Assembly;
    }

    /// <summary>What <c>univg doctor</c> prints.</summary>
    public static string DoctorReport() => Doctor.Examine("command line").ToText();
}
