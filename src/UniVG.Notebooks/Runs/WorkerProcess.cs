using System.Diagnostics;
using System.Text.Json;
using UniVG.Diffusion;
using UniVG.Finetuning.Training;

namespace UniVG.Notebooks.Runs;

/// <summary>The process of a run.</summary>
/// <param name="Id">Its number.</param>
/// <param name="StartedAt">When it started (UTC), as numbers are used again.</param>
/// <param name="Machine">The machine it runs on.</param>
public sealed record WorkerProcess(int Id, DateTimeOffset StartedAt, string Machine)
{
    // The system counts in ticks of a hundredth of a second, since a start that is known to the second.
    private static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(3);

    /// <summary>This very process.</summary>
    public static WorkerProcess Current
    {
        get
        {
            using var process = Process.GetCurrentProcess();
            return new WorkerProcess(process.Id, process.StartTime.ToUniversalTime(), Environment.MachineName);
        }
    }

    /// <summary>Whether it runs; false also for one on another machine, which cannot be seen from here.</summary>
    public bool IsAlive
    {
        get
        {
            if (Machine != Environment.MachineName) return false;
            try
            {
                using var process = Process.GetProcessById(Id);
                return !process.HasExited && (process.StartTime.ToUniversalTime() - StartedAt).Duration() < Tolerance;
            }
            catch (Exception e) when (e is ArgumentException or InvalidOperationException or System.ComponentModel.Win32Exception)
            {
                return false;
            }
        }
    }

    /// <summary>The process that a run's folder names; null where it names none yet.</summary>
    public static WorkerProcess? Of(RunFolder run)
    {
        try
        {
            return JsonSerializer.Deserialize<WorkerProcess>(File.ReadAllText(run.WorkerFile), RunJson.Indented);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }

    /// <summary>Makes this the process of a run.</summary>
    public void TakeOver(RunFolder run) => AtomicFile.WriteText(run.WorkerFile, JsonSerializer.Serialize(this, RunJson.Indented));
}
