using UniVG.Diffusion.Checkpoints;
using UniVG.Diffusion.Runtime;
using UniVG.Diffusion.Schedules;
using UniVG.Diffusion.Tests.Checkpoints;
using UniVG.TestSupport;
using static TorchSharp.torch;

namespace UniVG.Diffusion.Tests;

public sealed class ModelLoaderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    static ModelLoaderTests() => TorchRuntime.EnsureLoaded();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("auto", 0.0015, 0.0195, true)]
    [InlineData("univg", 0.0015, 0.0195, true)]
    [InlineData("sd", 0.00085, 0.012, false)]
    [InlineData("0.001,0.02", 0.001, 0.02, true)]
    public void A_checkpoints_schedule_is_used_unless_another_is_asked_for(string choice, double first, double last, bool warns)
    {
        var path = Changed(tensors =>
        {
            tensors["betas"] = tensor(Values(NoiseSchedule.UniVG.Betas));
            tensors["alphas_cumprod"] = tensor(Values(NoiseSchedule.UniVG.AlphasCumprod));
        });

        using var model = Load(path, choice);

        Assert.Equal(first, model.Pipeline.Schedule.Betas[0], 1e-6);
        Assert.Equal(last, model.Pipeline.Schedule.Betas[^1], 1e-6);
        Assert.Equal(warns, model.Warnings.Any(w => w.Contains("not Stable Diffusion's", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("betas", ScalarType.Float32, "univg")]
    [InlineData("alphas_cumprod", ScalarType.Float32, "univg")]
    [InlineData("alphas_cumprod", ScalarType.Float64, "univg")]
    [InlineData("nothing", ScalarType.Float32, "sd")]
    public void Either_buffer_tells_the_schedule_and_without_one_it_is_stable_diffusions(string buffer, ScalarType dtype, string expected)
    {
        var path = Changed(tensors =>
        {
            tensors.Remove("betas");
            tensors.Remove("alphas_cumprod");
            if (buffer == "betas") tensors[buffer] = tensor(Values(NoiseSchedule.UniVG.Betas)).to(dtype);
            if (buffer == "alphas_cumprod") tensors[buffer] = tensor(Values(NoiseSchedule.UniVG.AlphasCumprod)).to(dtype);
        });

        using var model = Load(path);

        var schedule = expected == "sd" ? NoiseSchedule.StableDiffusion : NoiseSchedule.UniVG;
        Assert.Equal(Values(schedule.AlphasCumprod), Values(model.Pipeline.Schedule.AlphasCumprod), (a, b) => Math.Abs(a - b) < 1e-6);
    }

    [Fact]
    public void A_folders_scheduler_configuration_tells_the_schedule()
    {
        foreach (var file in Directory.EnumerateFiles(ModelLoader.TinyFolder, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(_folder.FullName, Path.GetRelativePath(ModelLoader.TinyFolder, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }

        File.WriteAllText(_folder[Path.Combine("scheduler", "scheduler_config.json")], NoiseSchedule.UniVG.ToJson());

        using var model = ModelLoader.Load(_folder.FullName, new ModelOptions { Device = "cpu" });

        Assert.Same(NoiseSchedule.UniVG, model.Pipeline.Schedule);
    }

    [Theory]
    [InlineData("linear")]
    [InlineData("0.02,0.001")]
    [InlineData("0.001")]
    [InlineData("0.001,2")]
    public void A_schedule_that_is_none_is_refused_with_the_choices(string choice)
    {
        var fault = Assert.Throws<UniVGException>(() => Load(Goldens.Path("sd_tiny.safetensors"), choice));

        Assert.Contains($"--schedule is '{choice}'", fault.Message, StringComparison.Ordinal);
        Assert.Contains("auto, sd, univg", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Weights_that_are_not_numbers_are_told()
    {
        var path = Changed(tensors => tensors["model.diffusion_model.out.2.bias"] = tensor([1, float.NaN, 1, 1]));

        using var model = Load(path);

        Assert.Contains(model.Warnings, w => w.Contains("NaN or infinity", StringComparison.Ordinal) && w.Contains("conv_out.bias", StringComparison.Ordinal));
    }

    [Fact]
    public void Keys_of_nothing_known_are_told_and_training_state_is_ignored()
    {
        var path = Changed(tensors =>
        {
            foreach (var key in (string[])["stray.weight", "model.diffusion_model.stray", "model_ema.diffusion_modelx", "control_model.x", "first_stage_model.loss.logvar"])
                tensors[key] = zeros(1);
        });

        using var model = Load(path);

        var warning = Assert.Single(model.Warnings, w => w.Contains("nothing known", StringComparison.Ordinal));
        Assert.StartsWith("2 keys", warning, StringComparison.Ordinal);
        Assert.All((string[])["model_ema.diffusion_modelx", "control_model.x", "first_stage_model.loss.logvar"], key => Assert.Contains(key, model.IgnoredKeys));
    }

    [Theory]
    [InlineData(0, "conv_out.bias")]
    [InlineData(1, "conv_out.bias is 1 instead of 4")]
    [InlineData(5, "conv_out.bias is 5 instead of 4")]
    public void A_weight_that_is_absent_or_of_another_shape_is_refused(int size, string reason)
    {
        const string Key = "model.diffusion_model.out.2.bias";
        var path = Changed(tensors =>
        {
            tensors.Remove(Key);
            if (size > 0) tensors[Key] = zeros(size);
        });

        Assert.Contains(reason, Assert.Throws<CheckpointException>(() => Load(path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Half_precision_is_for_UNet_and_text_encoder_alone()
    {
        using var model = ModelLoader.Load(ModelLoader.TinyName, new ModelOptions { Device = "cpu", Precision = "bf16" });

        Assert.All(model.Pipeline.UNet.Weights.Tensors.Values, w => Assert.Equal(ScalarType.BFloat16, w.dtype));
        Assert.All(model.Pipeline.TextEncoder.Weights.Tensors.Values, w => Assert.Equal(ScalarType.BFloat16, w.dtype));
        Assert.All(model.Pipeline.Vae.Weights.Tensors.Values, w => Assert.Equal(ScalarType.Float32, w.dtype));
    }

    [Theory]
    [InlineData("tpu", "auto", "--device is 'tpu'")]
    [InlineData("cuda:x", "auto", "--device is 'cuda:x'")]
    [InlineData("cpu", "fp8", "--precision is 'fp8'")]
    public void A_device_or_precision_that_is_none_is_refused(string device, string precision, string reason)
    {
        var options = new ModelOptions { Device = device, Precision = precision };
        Assert.Contains(reason, Assert.Throws<UniVGException>(() => ModelLoader.Load(ModelLoader.TinyName, options)).Message, StringComparison.Ordinal);
    }

    private static LoadedModel Load(string path, string schedule = "auto") => ModelLoader.Load(path, new ModelOptions
    {
        Device = "cpu", Schedule = schedule, UNetHeads = 4, TextEncoderHeads = 4, TokenizerPath = Path.Combine(ModelLoader.TinyFolder, "tokenizer"),
    });

    private static float[] Values(IEnumerable<float> values) => [.. values];

    private string Changed(Action<Dictionary<string, Tensor>> change)
    {
        using var scope = NewDisposeScope();
        using var source = SafetensorsFile.Open(Goldens.Path("sd_tiny.safetensors"));
        var tensors = source.Names.ToDictionary(n => n, source.Read);
        change(tensors);
        SafetensorsWriter.Write(_folder["changed.safetensors"], tensors);
        return _folder["changed.safetensors"];
    }
}
