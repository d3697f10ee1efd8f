using TorchSharp;
using UniVG.Diffusion;
using UniVG.Diffusion.Images;
using UniVG.Finetuning.Data.Buckets;
using UniVG.Finetuning.Data;
using UniVG.Finetuning.Data.Latents;

namespace UniVG.Finetuning.Tests.Data.Latents;

/// <summary>The cache on the embedded model's VAE.</summary>
public sealed class LatentCacheTests : IDisposable
{
    // 64 pixels in latents of the embedded model.
    private const int Side = 16;

    private readonly TemporaryDataset _data = new();
    private readonly LoadedModel _model = ModelLoader.Load(ModelLoader.TinyName, new ModelOptions { Device = "cpu" });

    public LatentCacheTests()
    {
        for (var i = 0; i < 3; i++) _data.AddPicture($"set/2_x/{i}.png", Picture(i));
    }

    public void Dispose()
    {
        _model.Dispose();
        _data.Dispose();
    }

    [Fact]
    public void Latents_from_disk_are_those_from_the_vae_bit_by_bit()
    {
        var fresh = Latents(Options() with { LatentCache = new() }, out _);
        var written = Latents(Options(), out var first);
        var found = Latents(Options(), out var second);

        Assert.Equal((0, 3), first);
        Assert.Equal((3, 0), second);
        Assert.Equal(fresh, written);
        Assert.Equal(fresh, found);
        Assert.Equal(3, Files().Length);
        Assert.All(Directory.GetFiles(_data.Path("set/2_x")), file => Assert.EndsWith(".png", file, StringComparison.Ordinal));
    }

    [Fact]
    public void A_changed_image_resolution_crop_window_or_vae_never_hits_an_old_file()
    {
        Latents(Options(), out _);

        _data.AddPicture("set/2_x/1.png", Picture(7));
        Latents(Options(), out var oneChanged);
        Latents(Options() with { Width = 48, Height = 48, BucketStep = 16 }, out var smaller);
        Latents(Options() with { EnableBuckets = false }, out var otherCrop);
        Latents(Options() with { Reading = new() { Background = RgbColor.White } }, out var otherReading);
        using (torch.no_grad()) _model.Pipeline.Vae.Weights.Tensors.Values.First().add_(0.5);
        Latents(Options(), out var otherVae);

        Assert.Equal((2, 1), oneChanged);
        Assert.Equal((0, 3), smaller);
        Assert.Equal((0, 3), otherCrop);
        Assert.Equal((0, 3), otherReading);
        Assert.Equal((0, 3), otherVae);
    }

    [Fact]
    public void A_file_that_was_cut_short_or_holds_rubbish_is_made_anew()
    {
        var whole = Latents(Options(), out _);
        var files = Files();
        File.WriteAllBytes(files[0], File.ReadAllBytes(files[0])[..300]);
        File.WriteAllText(files[1], "");
        var nan = NpzFile.TryRead(files[2])!;
        nan["latents"] = nan["latents"] with { Data = [.. nan["latents"].Data[4..], 0, 0, 0xC0, 0x7F] };
        NpzFile.Write(files[2], nan);
        File.WriteAllText(Path.Combine(Path.GetDirectoryName(files[0])!, ".x.partial"), "left behind by a killed process");

        var mended = Latents(Options(), out var counts);
        Latents(Options(), out var again);

        Assert.Equal((0, 3), counts);
        Assert.Equal((3, 0), again);
        Assert.Equal(whole, mended);
    }

    [Fact]
    public void Flipped_latents_are_kept_beside_the_others_and_asked_for()
    {
        Latents(Options(), out _);
        var flips = Latents(Options() with { FlipAugmentation = true }, out var added);
        var found = Latents(Options() with { FlipAugmentation = true }, out var both);
        Latents(Options(), out var plain);

        Assert.Equal((0, 3), added);
        Assert.Equal((3, 0), both);
        Assert.Equal((3, 0), plain);
        Assert.Equal(flips, found);
        Assert.Equal(["crop_ltrb", "latents", "latents_flipped", "original_size"], NpzFile.TryRead(Files()[0])!.Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Npz_files_of_kohyas_trainer_are_read_only_when_asked_for_and_only_where_they_fit()
    {
        var options = Options() with { EnableBuckets = false, LatentCache = new() };
        var image = Read(options).Images[0];
        float[] values = [.. Enumerable.Range(0, 4 * Side * Side).Select(i => i / 100f)];
        new StoredLatents([4, Side, Side], values, null, null).Write(_data.Path("set/2_x/0_0096x0064_sd.npz"), image);
        new StoredLatents([4, Side, Side], values, null, null).Write(_data.Path("set/2_x/1.npz"), image with { Width = 70 });
        new StoredLatents([4, Side / 2, Side], values[..(values.Length / 2)], null, null).Write(_data.Path("set/2_x/2.npz"), image);

        Latents(options, out var unasked);
        var found = Latents(options with { LatentCache = new() { ReadBesideImages = true } }, out var asked);

        Assert.Equal((0, 3), unasked);
        Assert.Equal((1, 2), asked);
        var scale = (float)_model.Pipeline.ScalingFactor;
        Assert.All(values.Zip(found), pair => Assert.Equal(pair.First * scale, pair.Second, 1e-6f));
    }

    [Fact]
    public void The_crop_is_written_as_in_kohyas_trainer() => Assert.Equal(
        [0, 64, 512, 448], StoredLatents.Crop(new BucketedImage("a.png", "", 640, 480, 1, new BucketChoice(new BucketSize(512, 512), 683, 512, 0))));

    [Fact]
    public void Masks_come_at_the_size_of_the_latents_and_ones_where_there_is_none()
    {
        // The left half counts.
        var mask = new RgbImage(96, 64);
        for (var i = 0; i < mask.Pixels.Length; i++) mask.Pixels[i] = (byte)(i / 3 % 96 < 48 ? 255 : 0);
        for (var i = 0; i < 3; i++) _data.AddPicture($"masks/{i}.png", mask);
        var options = Options() with { EnableBuckets = false, MaskFolder = _data.Path("masks"), FlipAugmentation = true };
        using var scope = torch.NewDisposeScope();
        using var cache = Filled(options);
        using var unmasked = Filled(options with { MaskFolder = null });

        var plain = cache.Batch([new(0, false), new(1, true)], 0).Mask!;

        Assert.Equal([2, 1, Side, Side], plain.shape);
        Assert.Equal(Halves(1, 0), plain[0, 0, 3].data<float>().ToArray());
        Assert.Equal(Halves(0, 1), plain[1, 0, 3].data<float>().ToArray());
        Assert.Null(unmasked.Batch([new(0, false)], 0).Mask);
    }

    [Fact]
    public void An_alpha_mask_is_kept_on_disk_and_opaque_images_count_everywhere()
    {
        var rgba = new byte[64 * 64 * 4];
        for (var i = 0; i < rgba.Length; i += 4) (rgba[i], rgba[i + 3]) = ((byte)i, (byte)(i / 4 % 64 < 32 ? 0 : 255));
        File.WriteAllBytes(_data.Path("set/2_x/0.png"), Png(rgba, 64, 64));
        var options = Options() with { EnableBuckets = false, AlphaMask = true };
        using var scope = torch.NewDisposeScope();

        using var cache = Filled(options);
        using var again = Filled(options);

        var mask = cache.Batch([new(0, false), new(1, false)], 0).Mask!;
        Assert.Equal(Halves(0, 1), mask[0, 0, 7].data<float>().ToArray());
        Assert.Equal(Side * Side, mask[1].sum().ToSingle());
        Assert.Equal((3, 0), (again.Found, again.Encoded));
        Assert.Equal(mask.data<float>().ToArray(), again.Batch([new(0, false), new(1, false)], 0).Mask!.data<float>().ToArray());
        Assert.Contains("alpha_mask", NpzFile.TryRead(Files()[0])!.Keys);
    }

    [Fact]
    public void Images_that_vary_are_encoded_for_each_step_and_the_same_for_the_same_step()
    {
        var options = Options() with { EnableBuckets = false, RandomCrop = true };
        using var scope = torch.NewDisposeScope();
        using var cache = Filled(options);

        float[] Step(long seed) => cache.Batch([new(0, false)], seed).Latents.data<float>().ToArray();

        Assert.Equal((0, 0), (cache.Found, cache.Encoded));
        Assert.Equal(Step(1), Step(1));
        Assert.NotEqual(Step(1), Step(2));

        File.Delete(_data.Path("set/2_x/0.png"));
        Assert.Contains("0.png", Assert.Throws<UniVGException>(() => Step(3)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_dataset_itself_is_refused_as_cache_folder()
    {
        var options = Options() with { LatentCache = new() { ToDisk = true, Folder = _data.Path("set/2_x") } };

        var message = Assert.Throws<UniVGException>(() => Latents(options, out _)).Message;

        Assert.Contains(_data.Path("set/2_x"), message, StringComparison.Ordinal);
        Assert.Equal(3, Directory.GetFileSystemEntries(_data.Path("set/2_x")).Length);
    }

    [Fact]
    public void Cancelling_keeps_what_is_encoded()
    {
        using var cancellation = new CancellationTokenSource();
        using var cache = new LatentCache(_model.Pipeline, Read(Options()));

        Assert.Throws<OperationCanceledException>(() => cache.Fill((_, _) => cancellation.Cancel(), cancellation.Token));
        Assert.Equal(1, cache.Encoded);
        var told = new List<(int, int)>();
        cache.Fill((done, total) => told.Add((done, total)), TestContext.Current.CancellationToken);

        Assert.Equal([(2, 3), (3, 3)], told);
    }

    private static IEnumerable<float> Halves(float left, float right) => Enumerable.Range(0, Side).Select(x => x < Side / 2 ? left : right);

    private DatasetOptions Options() => DatasetOptions.ForResolution(64, 64) with { LatentCache = new() { ToDisk = true, Folder = _data.Path("cache") } };

    private FineTuningDataset Read(DatasetOptions options) => DatasetFolder.Read(_data.Path("set"), options);

    private string[] Files() => [.. Directory.GetFiles(_data.Path("cache"), "*.npz", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];

    private LatentCache Filled(DatasetOptions options)
    {
        var cache = new LatentCache(_model.Pipeline, Read(options));
        cache.Fill(onImage: null, TestContext.Current.CancellationToken);
        return cache;
    }

    private float[] Latents(DatasetOptions options, out (int Found, int Encoded) counts)
    {
        using var scope = torch.NewDisposeScope();
        using var cache = Filled(options);
        counts = (cache.Found, cache.Encoded);
        bool[] flips = options.FlipAugmentation ? [false, true] : [false];
        return [.. from i in Enumerable.Range(0, 3) from flip in flips from v in cache.Batch([new(i, flip)], 0).Latents.data<float>().ToArray() select v];
    }

    private static RgbImage Picture(int seed)
    {
        var image = new RgbImage(96, 64);
        new Random(seed).NextBytes(image.Pixels);
        return image;
    }

    private static byte[] Png(byte[] rgba, int width, int height)
    {
        using var bitmap = new SkiaSharp.SKBitmap(width, height, SkiaSharp.SKColorType.Rgba8888, SkiaSharp.SKAlphaType.Unpremul);
        rgba.CopyTo(bitmap.GetPixelSpan());
        return bitmap.Encode(SkiaSharp.SKEncodedImageFormat.Png, 100).ToArray();
    }
}
