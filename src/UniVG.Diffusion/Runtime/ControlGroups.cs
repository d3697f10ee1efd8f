using System.Globalization;

namespace UniVG.Diffusion.Runtime;

/// <summary>
/// The memory limits that Linux keeps for this process: those of its control group and of the groups around it, as containers, systemd and
/// batch systems set them (cgroup v2, <c>memory.max</c>; v1, <c>memory.limit_in_bytes</c>). Beyond them a process is killed.
/// </summary>
/// <param name="root">The folder that <c>proc</c> and <c>sys</c> are in.</param>
internal sealed class ControlGroups(string root)
{
    /// <summary>The limits that there are, with what is left of each; what is only cached from files counts as free.</summary>
    public IEnumerable<MemoryRoom> Limits()
    {
        var file = Path.Combine(root, "proc/self/cgroup");
        if (!File.Exists(file)) return [];
        return File.ReadAllLines(file).Select(line => line.Split(':', 3)).Where(parts => parts.Length == 3).SelectMany(LimitsOf);
    }

    // hierarchy:controllers:path, where v2 has hierarchy 0 and no controllers.
    private IEnumerable<MemoryRoom> LimitsOf(string[] line)
    {
        if (line is ["0", "", var path])
            return Groups("sys/fs/cgroup", path).Select(folder => Limit(folder, "memory.max", "memory.current", "")).OfType<MemoryRoom>();
        return line[1].Split(',').Contains("memory")
            ? Groups("sys/fs/cgroup/memory", line[2]).Select(folder => Limit(folder, "memory.limit_in_bytes", "memory.usage_in_bytes", "total_")).OfType<MemoryRoom>()
            : [];
    }

    // From the outermost to the process' own. Within a container the path may be that on the host, whose folders are not there.
    private IEnumerable<string> Groups(string mount, string path)
    {
        var folder = Path.Combine(root, mount);
        foreach (var name in path.Split('/', StringSplitOptions.RemoveEmptyEntries).Prepend(""))
        {
            folder = Path.Combine(folder, name);
            if (Directory.Exists(folder)) yield return folder;
        }
    }

    private static MemoryRoom? Limit(string folder, string limitFile, string usageFile, string statPrefix)
    {
        if (Number(folder, limitFile) is not { } limit || Number(folder, usageFile) is not { } used) return null;
        var stat = Path.Combine(folder, "memory.stat");
        var cached = !File.Exists(stat) ? 0 : File.ReadLines(stat).Select(line => line.Split(' '))
            .Where(parts => parts is [var key, _] && (key == statPrefix + "active_file" || key == statPrefix + "inactive_file"))
            .Sum(parts => long.Parse(parts[1], CultureInfo.InvariantCulture));
        return new MemoryRoom(limit, Math.Max(0, limit - Math.Max(0, used - cached)));
    }

    // "max" is no limit; v1 has a number near the largest there instead, which bounds nothing.
    private static long? Number(string folder, string file)
    {
        var path = Path.Combine(folder, file);
        return File.Exists(path) && long.TryParse(File.ReadAllText(path).Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
    }
}
