using System.Diagnostics;
using System.Text;
using System.Text.Json;
using UniVG.Diffusion.Checkpoints;
using UniVG.Diffusion.Runtime;
using UniVG.TestSupport;
using static TorchSharp.torch;

namespace UniVG.Diffusion.Tests.Checkpoints;

public sealed class ReaderFuzzTests : IDisposable
{
    private static readonly TimeSpan TimeEach = TimeSpan.FromSeconds(1.5);
    private readonly TemporaryFolder _folder = new();

    static ReaderFuzzTests() => TorchRuntime.EnsureLoaded();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("ckpt/expected_state_dict.safetensors")]
    [InlineData("ckpt/lightning_zip.ckpt")]
    [InlineData("ckpt/lightning_legacy.ckpt")]
    public void Only_our_own_exception_comes_out_of_damaged_files(string golden)
    {
        var valid = File.ReadAllBytes(Goldens.Path(golden));
        var random = new Random(20240);
        int refused = 0, read = 0;
        var most = 0L;
        for (var watch = Stopwatch.StartNew(); watch.Elapsed < TimeEach;)
        {
            var path = _folder.Write("fuzz.bin", Mutate(valid, random));
            var before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                using var file = TensorFile.Open(path);
                using var scope = NewDisposeScope();
                foreach (var name in file.Tensors.Keys)
                {
                    using var tensor = file.Read(name);
                    _ = tensor.contiguous(); // touches every byte
                }

                read++;
            }
            catch (CheckpointException)
            {
                refused++;
            }

            most = Math.Max(most, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        Assert.True(refused > 0, "no mutation was refused");
        Assert.InRange(most, 0, (100L * valid.Length) + (16 << 20)); // what a packed entry may claim at most
        Assert.True(read + refused > 20, $"only {read + refused} files were tried");
    }

    [Fact]
    public void Only_our_own_exception_comes_out_of_damaged_models()
    {
        // The header says everything that is decided here, so the weights are left away: a model of empty tensors, changed in its text.
        var json = Encoding.UTF8.GetString(HeaderOf(File.ReadAllBytes(Goldens.Path("sd_tiny.safetensors"))));
        var entries = JsonDocument.Parse(json).RootElement.EnumerateObject().Where(e => e.Name != "__metadata__").ToList();
        var random = new Random(7);
        var refused = 0;
        for (var watch = Stopwatch.StartNew(); watch.Elapsed < TimeEach;)
        {
            var kept = entries.Where(_ => random.Next(200) > 0).ToDictionary(e => Renamed(e.Name, random), e => Reshaped(e.Value, random));
            var header = JsonSerializer.SerializeToUtf8Bytes(kept);
            try
            {
                CheckpointReader.Open(_folder.Write("fuzz.safetensors", [.. BitConverter.GetBytes((long)header.Length), .. header])).Dispose();
            }
            catch (CheckpointException)
            {
                refused++;
            }
        }

        Assert.True(refused > 0, "no mutation was refused");
    }

    private static ReadOnlySpan<byte> HeaderOf(byte[] file) => file.AsSpan(8, (int)BitConverter.ToInt64(file));

    private static string Renamed(string name, Random random) =>
        random.Next(300) == 0 ? $"{name[..random.Next(name.Length)]}{random.Next(100)}" : name;

    // One size is 0, so that no data is needed.
    private static object Reshaped(JsonElement entry, Random random)
    {
        var shape = entry.GetProperty("shape").EnumerateArray().Select(size => size.GetInt64()).ToList();
        if (shape.Count == 0 || random.Next(100) == 0) shape.Add(0);
        shape[random.Next(10) == 0 ? random.Next(shape.Count) : shape.Count - 1] = 0;
        if (random.Next(100) == 0) shape.RemoveRange(1, shape.Count - 1);
        return new { dtype = entry.GetProperty("dtype").GetString(), shape = shape.Contains(0) ? shape : [0L], data_offsets = new[] { 0, 0 } };
    }

    // Header and directory bytes matter most, so most mutations hit the first or the last kilobytes.
    private static byte[] Mutate(byte[] valid, Random random)
    {
        var bytes = (byte[])valid.Clone();
        for (var i = random.Next(1, 6); i > 0; i--)
        {
            var at = random.Next(3) switch
            {
                0 => random.Next(Math.Min(bytes.Length, 8000)),
                1 => bytes.Length - 1 - random.Next(Math.Min(bytes.Length, 4000)),
                _ => random.Next(bytes.Length),
            };
            switch (random.Next(5))
            {
                case 0: bytes[at] ^= (byte)(1 << random.Next(8)); break;
                case 1: bytes[at] = (byte)random.Next(256); break;
                case 2: bytes.AsSpan(at, Math.Min(8, bytes.Length - at)).Fill(random.Next(2) == 0 ? (byte)0 : (byte)0xff); break;
                case 3: bytes = [.. bytes[..at], .. bytes[Math.Min(bytes.Length, at + random.Next(1, 9))..]]; break;
                default: valid.AsSpan(random.Next(valid.Length - 8), 8)[..Math.Min(8, bytes.Length - at)].CopyTo(bytes.AsSpan(at)); break;
            }
        }

        return bytes.Length > 0 ? bytes : valid;
    }
}
