using UniVG.Diffusion.Runtime;

namespace UniVG.Diffusion.Tests.Runtime;

/// <summary>Memory as told by files of Linux: of a machine, of containers with and without limits.</summary>
public sealed class FreeMemoryTests : IDisposable
{
    private const long GiB = 1L << 30;

    private readonly string _root = Directory.CreateTempSubdirectory("univg-memory-").FullName;

    public FreeMemoryTests() => Write("proc/meminfo", "MemTotal:       25165824 kB\nMemFree:         1048576 kB\nMemAvailable:   16777216 kB\nHugePages_Total:       0\n");

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void Without_control_groups_it_is_the_machines()
    {
        Assert.Equal(new MemoryRoom(24 * GiB, 16 * GiB), FreeMemory.Under(_root));
    }

    [Fact]
    public void A_container_of_version_2_has_what_its_limit_leaves_and_its_file_cache_counts_as_free()
    {
        Write("proc/self/cgroup", "0::/\n");
        Group("sys/fs/cgroup", limit: $"{4 * GiB}\n", used: 3 * GiB, "anon 1\nactive_file 536870912\ninactive_file 536870912\n");

        Assert.Equal(new MemoryRoom(4 * GiB, 2 * GiB), FreeMemory.Under(_root));
    }

    [Fact]
    public void Of_nested_groups_the_tightest_counts()
    {
        Write("proc/self/cgroup", "0::/system.slice/jupyter.service\n");
        Group("sys/fs/cgroup/system.slice", $"{8 * GiB}", 7 * GiB, "inactive_file 0\n");
        Group("sys/fs/cgroup/system.slice/jupyter.service", "max\n", 1 * GiB, "inactive_file 0\n");

        Assert.Equal(new MemoryRoom(8 * GiB, 1 * GiB), FreeMemory.Under(_root));
    }

    [Fact]
    public void A_container_of_version_1_sees_its_own_group_at_the_mount_under_the_hosts_path()
    {
        Write("proc/self/cgroup", "5:cpu,cpuacct:/docker/1f\n4:memory:/docker/1f\n0::/docker/1f\n");
        Write("sys/fs/cgroup/memory/memory.limit_in_bytes", $"{2 * GiB}\n");
        Write("sys/fs/cgroup/memory/memory.usage_in_bytes", $"{GiB}\n");
        Write("sys/fs/cgroup/memory/memory.stat", $"active_file 0\ntotal_active_file {GiB / 4}\ntotal_inactive_file {GiB / 4}\n");

        Assert.Equal(new MemoryRoom(2 * GiB, 3 * GiB / 2), FreeMemory.Under(_root));
    }

    [Fact]
    public void A_group_of_version_1_without_limit_and_a_limit_above_the_machine_bound_nothing()
    {
        Write("proc/self/cgroup", "4:memory:/user\n");
        Write("sys/fs/cgroup/memory/user/memory.limit_in_bytes", "9223372036854771712\n");
        Write("sys/fs/cgroup/memory/user/memory.usage_in_bytes", $"{20 * GiB}\n");

        Assert.Equal(new MemoryRoom(24 * GiB, 16 * GiB), FreeMemory.Under(_root));
    }

    [Fact]
    public void A_group_that_is_over_its_limit_has_nothing_left()
    {
        Write("proc/self/cgroup", "0::/\n");
        Group("sys/fs/cgroup", $"{GiB}", 2 * GiB, "inactive_file 0\n");

        Assert.Equal(0, FreeMemory.Under(_root)!.Value.Available);
    }

    [Fact]
    public void Files_that_are_not_there_or_say_nothing_are_no_failure()
    {
        Write("proc/self/cgroup", "0::/gone\n\nnonsense\n");
        Write("sys/fs/cgroup/memory.max", "");

        Assert.Equal(new MemoryRoom(24 * GiB, 16 * GiB), FreeMemory.Under(_root));
        Assert.Null(FreeMemory.Under(Path.Combine(_root, "sys")));
    }

    private void Group(string folder, string limit, long used, string stat)
    {
        Write(folder + "/memory.max", limit);
        Write(folder + "/memory.current", $"{used}\n");
        Write(folder + "/memory.stat", stat);
    }

    private void Write(string file, string text)
    {
        var path = Path.Combine(_root, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }
}
