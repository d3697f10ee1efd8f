namespace UniVG.Notebooks.Hosting;

/// <summary>Starts a process of its own for a run, one that outlives the notebook. Implemented by hosts that have the <c>univg</c> program.</summary>
public interface IWorkerLauncher
{
    /// <summary>Starts <c>univg work</c> on a run's folder and returns at once; the process belongs to no terminal and to no notebook.</summary>
    /// <param name="runFolder">The folder, complete.</param>
    /// <param name="logFile">The file to which the process writes what it prints.</param>
    /// <exception cref="UniVG.Diffusion.UniVGException">The process cannot be started.</exception>
    void Start(string runFolder, string logFile);
}
