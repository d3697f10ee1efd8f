using System.IO.Compression;
using System.Text;
using UniVG.Diffusion.Checkpoints;
using UniVG.Diffusion.Runtime;
using UniVG.TestSupport;

namespace UniVG.Diffusion.Tests.Checkpoints;

public sealed class BadTorchFileTests : IDisposable
{
    private static readonly string GoodTensor = PickleBytes.Tensor(4, 0, [2, 2], [2, 1]);
    private readonly TemporaryFolder _folder = new();

    static BadTorchFileTests() => TorchRuntime.EnsureLoaded();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(CompressionLevel.NoCompression)]
    [InlineData(CompressionLevel.Optimal)] // torch never packs, people do
    public void A_handmade_file_is_read(CompressionLevel level)
    {
        var storage = new float[] { 1, 2, 3, 4 }.SelectMany(BitConverter.GetBytes).ToArray();
        using var file = Open(PickleBytes.Zip(PickleBytes.Dictionary("w", PickleBytes.Tensor(4, 1, [3], [1])), storage, level));

        using var read = file.Read("w");
        Assert.Equal([2f, 3f, 4f], read.data<float>().ToArray());
    }

    [Theory]
    [InlineData("cos\nsystem\n(Vtouch PWNED\ntR", "os.system")]
    [InlineData("cnt\nsystem\n(Vtouch PWNED\ntR", "nt.system")]
    [InlineData("(Vtouch PWNED\nios\nsystem\n", "os.system")] // INST
    [InlineData("(cos\nsystem\nVtouch PWNED\no", "os.system")] // OBJ
    [InlineData("cbuiltins\nexec\n(Vimport os\ntR", "builtins.exec")]
    [InlineData("c__builtin__\napply\n)R", "__builtin__.apply")]
    [InlineData("csubprocess\nPopen\n)R", "subprocess.Popen")]
    [InlineData("cos.path\njoin\n)R", "os.path.join")]
    [InlineData("ctorch.hub\nload\n)R", "torch.hub.load")]
    [InlineData("crunpy\n_run_code\n)R", "runpy._run_code")]
    public void Dangerous_calls_are_refused_by_name(string code, string refused)
    {
        var fault = Fails(PickleBytes.Zip(PickleBytes.Dictionary("state_dict", $"}}Vw\n{GoodTensor}s", "x", code)));

        Assert.Contains($"'{refused}'", fault.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFiles(Environment.CurrentDirectory, "PWNED*"));
    }

    [Fact]
    public void Unknown_classes_are_stubs_that_take_anything_and_are_told()
    {
        const string Foreign = "cmy.lab\nCallback\n(I1\ntR(Vkey\nVvalue\nu(I2\neVstate\nb";
        using var file = Open(PickleBytes.Zip(PickleBytes.Dictionary("state_dict", $"}}Vw\n{GoodTensor}sVx\n{Foreign}s", "callbacks", Foreign)));

        Assert.Equal(["w"], file.Tensors.Keys);
        Assert.Equal(["my.lab.Callback"], Assert.IsType<TorchCheckpointFile>(file).ForeignTypes);
    }

    [Fact]
    public void Optimizer_states_are_never_read()
    {
        // Their storage is not even in the file.
        var moments = PickleBytes.Tensor(4, 0, [4], [1]).Replace("V0\nVcpu", "V1\nVcpu", StringComparison.Ordinal);
        using var file = Open(PickleBytes.Zip(PickleBytes.Dictionary("state_dict", $"}}Vw\n{GoodTensor}s", "optimizer_states", $"}}Vm\n{moments}s")));

        Assert.Equal(["w"], file.Tensors.Keys);
    }

    [Fact]
    public void A_model_that_was_pickled_as_an_object_is_refused_by_its_class()
    {
        var fault = Fails(PickleBytes.Zip(Encoding.Latin1.GetBytes("cmy.lab\nNet\n)R.")));
        Assert.Contains("my.lab.Net", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(5, new[] { 2, 2 }, new[] { 2, 1 })] // beyond the storage
    [InlineData(-1, new[] { 2 }, new[] { 1 })]
    [InlineData(0, new[] { 2 }, new[] { -1 })]
    [InlineData(0, new[] { -2 }, new[] { 1 })]
    [InlineData(0, new[] { 2, 2 }, new[] { 1 })]
    [InlineData(0, new[] { 2 }, new[] { int.MaxValue })]
    public void A_tensor_outside_of_its_storage_is_refused(int offset, int[] size, int[] stride) => Assert.Contains(
        "does not lie in its storage", Fails(Zip(PickleBytes.Tensor(4, offset, size, stride))).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData(100_000, 100_000, 1)]
    [InlineData(1 << 30, 1 << 30, 16)] // the product wraps to 0 in 64 bits
    public void A_view_that_repeats_one_number_endlessly_is_refused(int a, int b, int c) => Assert.Contains(
        "more elements than it has bytes", Fails(Zip(PickleBytes.Tensor(4, 0, [a, b, c], [0, 0, 0]))).Message, StringComparison.Ordinal);

    [Fact]
    public void A_storage_larger_than_its_entry_is_refused() => Assert.Contains(
        "'0' in full", Fails(Zip(PickleBytes.Tensor(5, 0, [5], [1]))).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("/etc/passwd")]
    [InlineData("../../evil")]
    [InlineData("archive/../../evil")]
    [InlineData("C:\\evil")]
    [InlineData("..\\evil")]
    public void Names_that_lead_out_of_the_archive_are_refused(string name)
    {
        var pickle = PickleBytes.Dictionary("w", GoodTensor);
        var fault = Fails(PickleBytes.Zip([("archive/data.pkl", pickle), ("archive/data/0", new byte[16]), (name, new byte[1])]));
        Assert.Contains("lead out of the archive", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Zip_bombs_are_refused() => Assert.Contains("zip bomb", Fails(PickleBytes.Zip(
        PickleBytes.Dictionary("w", GoodTensor), new byte[50_000_000], CompressionLevel.Optimal)).Message, StringComparison.Ordinal);

    [Fact]
    public void Overlapping_and_repeated_entries_are_refused()
    {
        var pickle = PickleBytes.Dictionary("w", GoodTensor);
        var bytes = PickleBytes.Zip([("archive/data.pkl", pickle), ("archive/data/0", new byte[16]), ("archive/data/1", new byte[16])]);
        var second = bytes.AsSpan().LastIndexOf("archive/data/1"u8) - 46;
        var third = bytes.AsSpan().IndexOf("archive/data/0"u8) - 30;
        BitConverter.TryWriteBytes(bytes.AsSpan(second + 42), third);
        Assert.Contains("overlaps", Fails(bytes).Message, StringComparison.Ordinal);

        bytes = PickleBytes.Zip([("archive/data.pkl", pickle), ("archive/data/0", new byte[16]), ("archive/data/0", new byte[16])]);
        Assert.Contains("two entries named", Fails(bytes).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_zip_of_something_else_and_a_TorchScript_program_are_refused()
    {
        Assert.Contains("no PyTorch checkpoint (its entries are readme.txt)", Fails(PickleBytes.Zip([("readme.txt", [1])])).Message, StringComparison.Ordinal);
        Assert.Contains("TorchScript", Fails(PickleBytes.Zip([("a/data.pkl", "}."u8.ToArray()), ("a/constants.pkl", [])])).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("}")] // no end
    [InlineData(".")] // nothing to give
    [InlineData("t.")] // no mark
    [InlineData("g7\n.")] // never stored
    [InlineData("?.")]
    [InlineData("Iabc\n.")]
    [InlineData("I1\n(I2\nu.")] // items of a number
    [InlineData("X\u00ff\u00ff\u00ff\u00ff.")] // a text of 4 GB
    [InlineData("\u008a\u00ff.")]
    [InlineData("\u008e\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u007f.")] // bytes of 2^63
    [InlineData("}Vw\nctorch._utils\n_rebuild_tensor_v2\n)Rs.")]
    [InlineData("}Vw\n(Vmodule\ntQs.")]
    [InlineData("\u0082\u0001.")] // extension registry
    public void Damaged_pickles_are_refused(string pickle) => Fails(PickleBytes.Zip(Encoding.Latin1.GetBytes(pickle)));

    [Fact]
    public void Deeply_nested_pickles_do_not_overflow_the_stack()
    {
        var nested = string.Concat(Enumerable.Repeat("(", 500_000)) + string.Concat(Enumerable.Repeat("l", 500_000)) + ".";
        Fails(PickleBytes.Zip(Encoding.Latin1.GetBytes(nested)));
    }

    [Fact]
    public void A_pickle_that_refers_to_itself_many_times_over_stays_small()
    {
        // Thirty dictionaries, each holding the one before under ten names: 10^30 paths.
        var code = new StringBuilder("}p0\n0");
        for (var i = 1; i <= 30; i++)
        {
            code.Append($"}}p{i}\n");
            for (var k = 0; k < 10; k++) code.Append($"V{k}\ng{i - 1}\ns");
            code.Append('0');
        }

        Fails(PickleBytes.Zip(Encoding.Latin1.GetBytes($"{code}g30\n.")));
    }

    [Fact]
    public void A_truncated_golden_file_is_refused_wherever_it_ends()
    {
        foreach (var name in new[] { "ckpt/lightning_zip.ckpt", "ckpt/lightning_legacy.ckpt" })
        {
            var bytes = File.ReadAllBytes(Goldens.Path(name));
            var ends = Enumerable.Range(0, 40).Concat(Enumerable.Range(1, 60).Select(i => bytes.Length * i / 61)).Append(bytes.Length - 1);
            foreach (var end in ends) Fails(bytes[..end]);
        }
    }

    private static byte[] Zip(string tensor) => PickleBytes.Zip(PickleBytes.Dictionary("w", tensor));

    private ITensorFile Open(byte[] bytes) => TensorFile.Open(_folder.Write("x.ckpt", bytes));

    private CheckpointException Fails(byte[] bytes)
    {
        var fault = Assert.Throws<CheckpointException>(() => Open(bytes));
        Assert.Contains("x.ckpt", fault.Message, StringComparison.Ordinal);
        return fault;
    }
}
