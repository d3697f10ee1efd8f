using System.Runtime.InteropServices;
using UniVG.Diffusion;
using UniVG.Diffusion.Runtime;
using UniVG.Kernel.Execution;
using UniVG.Kernel.Scripting;
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

    /// <summary>The namespaces that C# cells see without <c>using</c>: the framework's usual ones and all of UniVG's.</summary>
    public static IEnumerable<string> Imports =>
    [
        .. FrameworkImports,
        .. ScriptReferences.NamespacesOf(typeof(UniVGException).Assembly),
        .. ScriptReferences.NamespacesOf(typeof(Finetuning.Training.StepReport).Assembly),
        .. ScriptReferences.NamespacesOf(typeof(INotebookHost).Assembly),
        typeof(CellFunctions).Namespace!,
        typeof(CellFunctions).FullName!,
    ];

    /// <summary>A fresh session: no C# state, no model.</summary>
    /// <param name="hostName">The host's name, as <c>#!univg doctor</c> prints it.</param>
    public static NotebookSession CreateSession(string hostName)
    {
        var session = new UniVGSession();
        var commands = new UnavailableCommands();
        var engine = new CSharpEngine(Imports);
        engine.Starting += TorchOnDemand.LoadFor;
        return new NotebookSession(hostName, session, commands, engine, format: _ => null);
    }

    /// <summary>What <c>univg doctor</c> prints.</summary>
    public static string DoctorReport()
    {
        var torch = TorchRuntime.EnsureLoaded();
        return $"""
            UniVG      {KernelIdentity.Version}
            .NET       {RuntimeInformation.FrameworkDescription} on {RuntimeInformation.OSDescription}
            libtorch   {torch.LibtorchDirectory}
            TorchSharp {torch.LibTorchSharpPath}
            """;
    }
}
