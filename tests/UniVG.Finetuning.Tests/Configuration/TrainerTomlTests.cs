using UniVG.Diffusion;
using UniVG.Finetuning.Adapters.Targets;
using UniVG.Finetuning.Adapters.Loha;
using UniVG.Finetuning.Adapters.Lokr;
using UniVG.Finetuning.Adapters.Lora;
using UniVG.Finetuning.Configuration;
using UniVG.Finetuning.Data.Captions;
using UniVG.Finetuning.Data;
using UniVG.Finetuning.Training;
using UniVG.Finetuning.Training.State;

namespace UniVG.Finetuning.Tests.Configuration;

public class TrainerTomlTests
{
    // What SD-Trainer's expert form writes for the guide's LoRA.
    private const string SdTrainer = """
        pretrained_model_name_or_path = "/models/univg.ckpt"
        v2 = false
        train_data_dir = "/data/dataset"
        prior_loss_weight = 1
        resolution = "512,512"
        enable_bucket = true
        min_bucket_reso = 256
        max_bucket_reso = 1024
        bucket_reso_steps = 64
        bucket_no_upscale = true
        output_name = "model_lora"
        output_dir = "./output"
        save_model_as = "safetensors"
        save_precision = "fp16"
        save_every_n_epochs = 2
        save_state = false
        max_train_epochs = 6
        train_batch_size = 2
        gradient_checkpointing = false
        network_train_unet_only = false
        network_train_text_encoder_only = false
        learning_rate = 0.0001
        unet_lr = 0.0001
        text_encoder_lr = 1e-05
        lr_scheduler = "cosine"
        lr_warmup_steps = 0
        optimizer_type = "AdamW"
        network_module = "lycoris.kohya"
        network_dim = 32
        network_alpha = 16
        network_args = [ "conv_dim=32", "conv_alpha=16", "dropout=0", "algo=locon",]
        log_with = "tensorboard"
        logging_dir = "./logs"
        caption_extension = ".txt"
        shuffle_caption = false
        keep_tokens = 0
        max_token_length = 255
        seed = 1337
        clip_skip = 2
        mixed_precision = "bf16"
        xformers = true
        lowram = false
        cache_latents = true
        cache_latents_to_disk = true
        persistent_data_loader_workers = true
        """;

    [Fact]
    public void Sd_trainers_lora_is_read_as_is()
    {
        var reading = Read(SdTrainer);
        var run = reading.Definition;

        Assert.Equal(("/models/univg.ckpt", "bf16"), (run.ModelPath, run.Model.Precision));
        Assert.Equal("/data/dataset", run.DatasetPath);
        Assert.Equal(new DatasetOptions { Validation = 0, LatentCache = new() { ToDisk = true } }, run.Dataset);
        Assert.Equal(new LoraConfig { Dim = 32, Alpha = 16, ConvDim = 32, ConvAlpha = 16, Targets = AdapterTargets.Lycoris }, run.Adapter);
        Assert.Equal(
            (6, 2, 1e-4, 1e-5, "cosine", 225, 2, 1337L),
            (run.Training.Epochs, run.Training.BatchSize, run.Training.LearningRate, run.Training.TextEncoderLearningRate, run.Training.Scheduler,
                run.Training.MaxTokenLength, run.Training.ClipSkip, run.Training.Seed));
        Assert.Equal(new RunFiles("./output", "model_lora"), run.Files);
        Assert.Equal(("fp16", 2, "./logs"), (run.SavePrecision, run.Saves.EveryEpochs, run.Logs.Folder));
        Assert.Equal(["xformers", "lowram", "cache_latents", "persistent_data_loader_workers"], reading.Meaningless);
        Assert.Empty(reading.Unsupported);
        Assert.Empty(reading.Unknown);
    }

    [Fact]
    public void Sd_trainers_loha_is_read_as_is()
    {
        var run = Read(SdTrainer
            .Replace("network_alpha = 16", "network_alpha = 32", StringComparison.Ordinal)
            .Replace("\"conv_dim=32\", \"conv_alpha=16\", \"dropout=0\", \"algo=locon\"", "\"conv_dim=4\", \"conv_alpha=4\", \"dropout=0\", \"algo=loha\"", StringComparison.Ordinal)).Definition;

        Assert.Equal(new LohaConfig(), run.Adapter);
    }

    [Fact]
    public void What_is_not_said_is_kohyas_default()
    {
        var run = Read("train_data_dir = \"d\"\nnetwork_module = \"networks.lora\"").Definition;

        Assert.Equal(new LoraConfig { Dim = 4, Alpha = 1, ConvDim = 0, ConvAlpha = 1 }, run.Adapter);
        Assert.Equal((1600, 1, 2e-6, "constant"), (run.Training.Steps, run.Training.BatchSize, run.Training.LearningRate, run.Training.Scheduler));
        Assert.Equal((false, false, ".caption"), (run.Dataset!.EnableBuckets, run.Dataset.NoUpscale, run.Dataset.CaptionExtension));
        Assert.Equal("fp32", run.SavePrecision);
    }

    [Fact]
    public void What_a_file_leaves_open_stays_open()
    {
        var run = Read("max_train_steps = 10").Definition;

        Assert.Null(run.ModelPath);
        Assert.Null(run.Dataset);
        Assert.Null(run.Adapter);
        Assert.Null(run.Files);
    }

    [Fact]
    public void Lycoris_takes_the_sizes_of_convolutions_from_the_network()
    {
        var run = Read("network_module = \"lycoris.kohya\"\nnetwork_dim = 8\nnetwork_alpha = 2").Definition;

        Assert.Equal(new LoraConfig { Dim = 8, Alpha = 2, ConvDim = 8, ConvAlpha = 2, Targets = AdapterTargets.Lycoris }, run.Adapter);
    }

    [Theory]
    [InlineData("unet_lr = \"5e-5\"", 5e-5)]
    [InlineData("learning_rate = 3", 3)]
    [InlineData("learning_rate = 1\nunet_lr = 2", 2)]
    public void Numbers_may_be_in_quotes_or_whole(string toml, double expected) => Assert.Equal(expected, Read(toml).Definition.Training.LearningRate);

    [Theory]
    [InlineData("resolution = 384")]
    [InlineData("resolution = \"384\"")]
    [InlineData("resolution = \"384,384\"")]
    [InlineData("resolution = [384, 384]")]
    public void Resolution_has_many_forms(string toml) => Assert.Equal((384, 384), (Read(toml).Definition.Dataset!.Width, Read(toml).Definition.Dataset!.Height));

    [Fact]
    public void Tables_are_for_order_only() =>
        Assert.Equal(("x", 7), (Read("[model]\npretrained_model_name_or_path = \"x\"\n[steps]\nmax_train_steps = 7").Definition.ModelPath,
            Read("[model]\npretrained_model_name_or_path = \"x\"\n[steps]\nmax_train_steps = 7").Definition.Training.Steps));

    [Fact]
    public void Keys_that_cannot_be_followed_are_named()
    {
        var reading = Read("""
            max_train_step = 100
            weighted_captions = true
            full_fp16 = false
            sdpa = true
            network_module = "networks.lora"
            network_args = ["conv_dim=4", "loraplus_lr_ratio=16", "loraplus_unet_lr_ratio=8"]
            """);

        Assert.Contains("max_train_steps", Assert.Single(reading.Unknown), StringComparison.Ordinal);
        Assert.Equal(["weighted_captions = true", "network_args loraplus_unet_lr_ratio=8"], reading.Unsupported);
        Assert.Equal(16, reading.Definition.Training.LoraPlusRatio);
        Assert.Equal(["sdpa"], reading.Meaningless);
    }

    [Theory]
    [InlineData("a = 1\nmax_train_steps = \"many\"", "'cell', line 2, max_train_steps: --steps is 'many'; it must be a whole number of at least 1.")]
    [InlineData("v2 = true", "'cell', line 1: v2 is true; only models of the Stable Diffusion 1.x family can be trained.")]
    [InlineData("network_dim = 4", "line 1: network_dim needs network_module")]
    [InlineData("network_module = \"networks.dylora\"", "it must be networks.lora (LoRA) or lycoris.kohya")]
    [InlineData("network_module = \"lycoris.kohya\"\nnetwork_args = [\"algo=boft\"]", "has algo=boft; it must be locon, lora, loha, lokr")]
    [InlineData("network_module = \"networks.lora\"\nnetwork_args = [\"conv_dim=four\"]", "line 2: network_args has conv_dim=four")]
    [InlineData("save_model_as = \"ckpt\"", "only safetensors are written")]
    [InlineData("resolution = \"big\"", "it must be a size such as \"512,512\"")]
    public void A_value_that_is_impossible_is_one_sentence(string toml, string expected) =>
        Assert.Contains(expected, Assert.Throws<UniVGException>(() => Read(toml)).Message, StringComparison.Ordinal);

    [Fact]
    public void What_is_written_reads_back_as_the_same_run()
    {
        foreach (var definition in Definitions())
        {
            var reading = Read(TrainerToml.Write(definition));

            Assert.Equal(Json(definition), Json(reading.Definition with { AdapterSeed = definition.AdapterSeed }));
            Assert.Empty(reading.Unknown);
            Assert.Empty(reading.Unsupported);
        }
    }

    // kohya's keys are those that are not ours by name.
    [Fact]
    public void The_guides_runs_are_written_in_kohyas_words()
    {
        var toml = TrainerToml.Write(Definitions().First());

        Assert.Contains("network_module = \"networks.lora\"\nnetwork_dim = 32\nnetwork_alpha = 16\n", toml, StringComparison.Ordinal);
        Assert.Contains("network_args = [\"conv_dim=32\", \"conv_alpha=16\"]\n", toml, StringComparison.Ordinal);
        Assert.Contains("max_train_steps = 3000\n", toml, StringComparison.Ordinal);
        Assert.Contains("text_encoder_lr = 1e-05\n", toml, StringComparison.Ordinal);
    }

    // kohya's trainer divides the step by them.
    [Fact]
    public void Never_is_not_written_as_each_0_steps()
    {
        var toml = TrainerToml.Write(Definitions().First() with { Training = new TrainingConfig { ValidateEvery = 0, SampleEvery = 0 } });

        Assert.DoesNotContain("sample_every_n_steps", toml, StringComparison.Ordinal);
        Assert.DoesNotContain("validate_every_n_steps", toml, StringComparison.Ordinal);
    }

    private static IEnumerable<RunDefinition> Definitions()
    {
        var lora = new RunDefinition
        {
            ModelPath = "/m/ünï \"v\"\\g.ckpt",
            DatasetPath = "/data",
            Dataset = new DatasetOptions(),
            Adapter = new LoraConfig(),
            Training = new TrainingConfig(),
            Files = new RunFiles("output", "model_lora"),
        };
        yield return lora;
        yield return lora with { Adapter = new LohaConfig { Tucker = true, TextEncoder = false, RankDropout = 0.1 }, Training = TrainingConfig.Loha };
        yield return lora with { Adapter = new LoraConfig { ConvDim = 0, WeightDecompose = true, RankStabilized = true, Dropout = 0.1 } };
        yield return lora with { Adapter = new LoraConfig { Tucker = true } };
        yield return lora with { Training = new TrainingConfig { ValidateEvery = 0 } };
        yield return lora with { Training = new TrainingConfig { ValidateEvery = 20, SampleEvery = 10 } };
        yield return lora with { Adapter = new LokrConfig { Factor = 4, DecomposeBoth = true, ModuleDropout = 0.2 } };
        yield return lora with
        {
            Model = new ModelOptions { VaePath = "v", Precision = "fp16", Schedule = "univg", TokenizerPath = "t" },
            Dataset = new DatasetOptions
            {
                Width = 768, Height = 512, NoUpscale = false, BucketStep = 32, FlipAugmentation = true, CaptionExtension = ".caption",
                RandomCrop = true, RegularizationFolder = "r", MaskFolder = "m", Validation = 0.2, ValidationSeed = 3, Reading = new() { Window = new(10, 4000) },
                Captions = new CaptionOptions { Shuffle = true, KeepTokens = 2, Prefix = "p", DropoutRate = 0.1, EnableWildcard = true, TokenWarmupStep = 0.5 },
            },
            Adapter = new LoraConfig
            {
                ConvDim = 0, ConvAlpha = 1, Dropout = 0.25,
                Blocks = new BlockSizes { Dims = [.. Enumerable.Repeat(4, BlockSizes.Count)], Alphas = [.. Enumerable.Repeat(0.5, BlockSizes.Count)] },
            },
            Training = new TrainingConfig
            {
                Epochs = 3, BatchSize = 4, GradientAccumulationSteps = 2, Scheduler = "cosine_with_restarts", SchedulerCycles = 3, WarmupSteps = 0.1, ClipSkip = 2,
                MaxTokenLength = 150, MinSnrGamma = 5, NoiseOffset = 0.05, OptimizerArguments = ["weight_decay=0.1"], LossType = "huber", LoraPlusRatio = 16, SampleEvery = 50, SamplePrompt = "a, b",
            },
            Beside = [new BesideAdapter("/a.safetensors", 0.5), new BesideAdapter("/b.safetensors", -1)],
            SavePrecision = "bf16",
            Saves = new SaveSchedule { EverySteps = 25, EveryEpochs = 1, KeepStates = 3, StateMinutes = 2.5 },
            Logs = new() { Folder = "logs", Prefix = "p" },
        };
    }

    private static string Json(RunDefinition definition) => System.Text.Json.JsonSerializer.Serialize(definition, RunJson.Indented);

    private static ConfigReading Read(string toml) => TrainerToml.Read(TomlFile.Parse(toml, "cell"));
}
