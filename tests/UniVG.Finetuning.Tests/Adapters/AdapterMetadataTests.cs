using System.Globalization;
using System.Text.Json;
using UniVG.Diffusion;
using UniVG.Diffusion.Images;
using UniVG.Finetuning.Adapters.Targets;
using UniVG.Finetuning.Adapters;
using UniVG.Finetuning.Adapters.Loha;
using UniVG.Finetuning.Adapters.Lokr;
using UniVG.Finetuning.Adapters.Lora;
using UniVG.Finetuning.Data;
using UniVG.Finetuning.Training;

namespace UniVG.Finetuning.Tests.Adapters;

public sealed class AdapterMetadataTests : IDisposable
{
    private static readonly string[] Captions = ["vessel, Müller", "vessel, \"left\"", "vessel"];
    private readonly string _folder = Directory.CreateTempSubdirectory("univg-secret-").FullName;
    private readonly LoadedModel _model = ModelLoader.Load(ModelLoader.TinyName, new ModelOptions { Device = "cpu" });
    private readonly FineTuningDataset _dataset;

    public AdapterMetadataTests()
    {
        var concept = Directory.CreateDirectory(Path.Combine(_folder, "4_vessel")).FullName;
        for (var i = 0; i < Captions.Length; i++)
        {
            ImageFile.SavePng(new RgbImage(64, 64), Path.Combine(concept, $"{i}.png"));
            File.WriteAllText(Path.Combine(concept, $"{i}.txt"), Captions[i]);
        }

        _dataset = DatasetFolder.Read(_folder, DatasetOptions.ForResolution(64, 64));
    }

    public static TheoryData<AdapterConfig, string, string, string?> Networks => new()
    {
        { new LoraConfig(), "networks.lora", "16.0", """{"conv_dim": "32", "conv_alpha": "16"}""" },
        { new LoraConfig { ConvDim = 0, Alpha = 0.5 }, "networks.lora", "0.5", null },
        { new LoraConfig { Targets = AdapterTargets.Lycoris, Tucker = true }, "lycoris.kohya", "16.0", """{"conv_dim": "32", "conv_alpha": "16", "algo": "locon", "preset": "full", "use_tucker": "True"}""" },
        { new LohaConfig { RankDropout = 0.25 }, "lycoris.kohya", "32.0", """{"conv_dim": "4", "conv_alpha": "4", "rank_dropout": "0.25", "algo": "loha", "preset": "full"}""" },
        { new LoraConfig { ConvDim = 0, WeightDecompose = true, RankStabilized = true, Dropout = 0.5 }, "lycoris.kohya", "16.0", """{"conv_dim": "0", "dropout": "0.5", "algo": "locon", "preset": "attn-mlp", "dora_wd": "True", "wd_on_output": "True", "rs_lora": "True"}""" },
        { new LokrConfig { Factor = 8 }, "lycoris.kohya", "32.0", """{"conv_dim": "4", "conv_alpha": "4", "algo": "lokr", "preset": "full", "factor": "8"}""" },
    };

    public void Dispose()
    {
        _model.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [InlineData("ss_output_name", "out")]
    [InlineData("ss_sd_model_name", "tiny")]
    [InlineData("ss_base_model_version", "sd_v1")]
    [InlineData("ss_v2", "False")]
    [InlineData("ss_learning_rate", "0.0001")]
    [InlineData("ss_unet_lr", "0.0001")]
    [InlineData("ss_text_encoder_lr", "1e-05")]
    [InlineData("ss_lr_scheduler", "cosine")]
    [InlineData("ss_lr_warmup_steps", "7")]
    [InlineData("ss_optimizer", "univg.AdamW")]
    [InlineData("ss_max_grad_norm", "1.0")]
    [InlineData("ss_max_train_steps", "20")]
    [InlineData("ss_num_batches_per_epoch", "6")]
    [InlineData("ss_num_epochs", "4")]
    [InlineData("ss_steps", "0")]
    [InlineData("ss_num_train_images", "12")]
    [InlineData("ss_num_reg_images", "0")]
    [InlineData("ss_batch_size_per_device", "2")]
    [InlineData("ss_resolution", "(64, 64)")]
    [InlineData("ss_mixed_precision", "no")]
    [InlineData("ss_clip_skip", "2")]
    [InlineData("ss_max_token_length", "None")]
    [InlineData("ss_noise_offset", "0.05")]
    [InlineData("ss_min_snr_gamma", "5.0")]
    [InlineData("ss_seed", "1337")]
    [InlineData("ss_network_dim", "32")]
    [InlineData("ss_network_dropout", "None")]
    [InlineData("ss_enable_bucket", "True")]
    [InlineData("ss_caption_dropout_rate", "0.0")]
    [InlineData("ss_prior_loss_weight", "1.0")]
    [InlineData("ss_loss_type", "l2")]
    [InlineData("ss_bucket_info", """{"buckets": {"0": {"resolution": [64, 64], "count": 12}}, "mean_img_ar_error": 0.0}""")]
    [InlineData("ss_dataset_dirs", """{"vessel": {"n_repeats": 4, "img_count": 3}}""")]
    [InlineData("ss_reg_dataset_dirs", "{}")]
    [InlineData("ss_tag_frequency", """{"vessel": {"vessel": 3}}""")]
    [InlineData("modelspec.sai_model_spec", "1.0.0")]
    [InlineData("modelspec.architecture", "stable-diffusion-v1/lora")]
    [InlineData("modelspec.resolution", "64x64")]
    [InlineData("modelspec.title", "out")]
    [InlineData("modelspec.prediction_type", "epsilon")]
    [InlineData("modelspec.encoder_layer", "2")]
    public void Entry_has_the_text_that_kohya_would_write(string key, string value) => Assert.Equal(value, Metadata(new LoraConfig())[key]);

    [Theory]
    [MemberData(nameof(Networks))]
    public void Network_is_described_as_the_arguments_that_make_it(AdapterConfig config, string module, string alpha, string? arguments)
    {
        var metadata = Metadata(config);

        Assert.Equal(module, metadata["ss_network_module"]);
        Assert.Equal(alpha, metadata["ss_network_alpha"]);
        Assert.Equal(arguments, metadata.GetValueOrDefault("ss_network_args"));
    }

    [Fact]
    public void Folders_and_captions_are_told_only_on_request()
    {
        var standard = string.Join('\n', Metadata(new LoraConfig()).Values);
        var full = Metadata(new LoraConfig(), MetadataDetail.Full);

        Assert.All(["secret", "4_vessel", "ller", "left"], word => Assert.DoesNotContain(word, standard, StringComparison.OrdinalIgnoreCase));
        Assert.Equal("""{"4_vessel": {"n_repeats": 4, "img_count": 3}}""", full["ss_dataset_dirs"]);
        Assert.Equal("""{"4_vessel": {"vessel": 3, "m\u00fcller": 1, "\"left\"": 1}}""", full["ss_tag_frequency"]);
    }

    [Fact]
    public void Model_file_is_hashed_as_kohya_and_A1111_do()
    {
        var file = Path.Combine(_folder, "model.bin");
        var bytes = new byte[0x110010];
        bytes.AsSpan(0x100000, 0x10000).Fill(1);
        File.WriteAllBytes(file, bytes);

        var metadata = Metadata(new LoraConfig(), MetadataDetail.Standard, file);

        Assert.Equal(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(bytes)), metadata["ss_new_sd_model_hash"]);
        Assert.Equal(
            Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(bytes.AsSpan(0x100000, 0x10000)))[..8], metadata["ss_sd_model_hash"]);
        Assert.False(Metadata(new LoraConfig(), MetadataDetail.Standard, _folder).ContainsKey("ss_sd_model_hash"));
    }

    [Theory]
    [InlineData(1, "1.0")]
    [InlineData(0, "0.0")]
    [InlineData(1e-4, "0.0001")]
    [InlineData(1e-5, "1e-05")]
    [InlineData(1.5e-7, "1.5e-07")]
    [InlineData(0.1, "0.1")]
    [InlineData(0.30000000000000004, "0.30000000000000004")]
    [InlineData(1e15, "1000000000000000.0")]
    [InlineData(-2.5, "-2.5")]
    [InlineData(double.NaN, "nan")]
    public void Number_is_the_text_that_Python_prints(double value, string text) => Assert.Equal(text, PythonText.Text(value));

    [Fact]
    public void Json_is_that_of_Python_and_reads_back()
    {
        var value = new Dictionary<string, object> { ["é\"\\\n\u0001"] = new object?[] { 1, 2.0, true, null, "\U0001F600" } };

        var json = PythonText.Json(value);

        Assert.Equal("""{"\u00e9\"\\\n\u0001": [1, 2.0, true, null, "\ud83d\ude00"]}""", json);
        using var document = JsonDocument.Parse(json);
        Assert.Equal("\U0001F600", document.RootElement.EnumerateObject().Single().Value[4].GetString());
    }

    [Fact]
    public void Times_are_those_of_the_run()
    {
        var metadata = Metadata(new LoraConfig());

        var started = double.Parse(metadata["ss_training_started_at"], CultureInfo.InvariantCulture);
        Assert.True(started <= double.Parse(metadata["ss_training_finished_at"], CultureInfo.InvariantCulture));
        Assert.InRange(uint.Parse(metadata["ss_session_id"], CultureInfo.InvariantCulture), 0u, uint.MaxValue);
    }

    private IReadOnlyDictionary<string, string> Metadata(
        AdapterConfig config, MetadataDetail detail = MetadataDetail.Standard, string? modelPath = null)
    {
        var model = _model.Pipeline;
        using var network = AdapterNetwork.Attach(config, model.UNet.Weights.Layers, model.TextEncoder.Weights.Layers, seed: 1);
        var training = new TrainingConfig { Steps = 20, WarmupSteps = 7, ClipSkip = 2, NoiseOffset = 0.05, MinSnrGamma = 5 };
        using var run = new FineTuningRun(model, _dataset, network, training);
        return AdapterMetadata.Of(run, "tiny", "out", detail, modelPath);
    }
}
