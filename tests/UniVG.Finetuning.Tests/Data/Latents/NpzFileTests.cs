using System.Diagnostics;
using UniVG.Finetuning.Data.Latents;

namespace UniVG.Finetuning.Tests.Data.Latents;

public sealed class NpzFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("univg-npz-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Arrays_survive_a_round_trip()
    {
        NpzFile.Write(InFolder("a.npz"), Sample());

        var read = NpzFile.TryRead(InFolder("a.npz"))!;

        Assert.Equal(Sample().Keys, read.Keys);
        Assert.Equal([2, 1, 3], read["latents"].Shape);
        Assert.Equal([1.5f, -2, 0.25f, 3e-8f, 7, -0f], read["latents"].Floats());
        Assert.Equal([640.0, 480], read["original_size"].Doubles());
        Assert.Equal([0, 64.5, 512, 448], read["crop_ltrb"].Doubles());
    }

    [Fact]
    public void What_is_no_npz_file_reads_as_nothing()
    {
        NpzFile.Write(InFolder("a.npz"), Sample());
        var whole = File.ReadAllBytes(InFolder("a.npz"));
        for (var length = 0; length < whole.Length; length += 13)
        {
            File.WriteAllBytes(InFolder("cut.npz"), whole[..length]);
            Assert.Null(NpzFile.TryRead(InFolder("cut.npz")));
        }

        Assert.Null(NpzFile.TryRead(InFolder("missing.npz")));
    }

    [Fact]
    public void NumPy_reads_our_files_and_we_read_its()
    {
        Assert.SkipWhen(Python("import numpy") is null, "needs python3 with numpy (Debian: python3-numpy)");
        NpzFile.Write(InFolder("ours.npz"), Sample());

        var seen = Python(
            "import numpy as np\n" +
            $"z = np.load({Quoted("ours.npz")})\n" +
            "print(z['latents'].dtype, z['latents'].shape, z['latents'].sum(), z['original_size'].tolist(), z['crop_ltrb'].tolist())\n" +
            $"np.savez({Quoted("theirs.npz")}, latents=np.arange(8, dtype=np.float32).reshape(2, 2, 2), original_size=np.array([3, 4]), half=np.ones(2, np.float16))");
        var theirs = NpzFile.TryRead(InFolder("theirs.npz"))!;

        Assert.Equal("float32 (2, 1, 3) 6.75 [640, 480] [0.0, 64.5, 512.0, 448.0]", seen);
        Assert.Equal([2, 2, 2], theirs["latents"].Shape);
        Assert.Equal([0, 1, 2, 3, 4, 5, 6, 7], theirs["latents"].Floats());
        Assert.Equal([3.0, 4], theirs["original_size"].Doubles());
        Assert.Equal([1f, 1], theirs["half"].Floats());
    }

    private static Dictionary<string, NpyArray> Sample() => new()
    {
        ["latents"] = NpyArray.Of([2, 1, 3], [1.5f, -2, 0.25f, 3e-8f, 7, -0f]),
        ["original_size"] = NpyArray.Of((long[])[640, 480]),
        ["crop_ltrb"] = NpyArray.Of((double[])[0, 64.5, 512, 448]),
    };

    // What a script prints; null where Python or a module of it is missing.
    // The system's before another one on the path: packages of the distribution are the system's.
    private static string Interpreter => File.Exists("/usr/bin/python3") ? "/usr/bin/python3" : "python3";

    private static string? Python(string script)
    {
        try
        {
            using var python = Process.Start(new ProcessStartInfo(Interpreter, ["-c", script]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            var output = python.StandardOutput.ReadToEnd().Trim();
            python.WaitForExit();
            return python.ExitCode == 0 ? output : null;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }

    private string Quoted(string name) => $"'{InFolder(name)}'";

    private string InFolder(string name) => Path.Combine(_folder, name);
}
