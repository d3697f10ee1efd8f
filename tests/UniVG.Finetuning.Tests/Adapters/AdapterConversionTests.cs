using TorchSharp;
using UniVG.Diffusion;
using UniVG.Diffusion.Checkpoints;
using UniVG.Diffusion.Layers;
using UniVG.Diffusion.Model;
using UniVG.Diffusion.Weights;
using UniVG.Finetuning.Adapters.Files;
using UniVG.Finetuning.Adapters.Operations;
using UniVG.Finetuning.Adapters.Targets;
using UniVG.Finetuning.Adapters;
using UniVG.Finetuning.Adapters.Loha;
using UniVG.Finetuning.Adapters.Lokr;
using UniVG.Finetuning.Adapters.Lora;
using UniVG.Finetuning.Pretraining;
using UniVG.TestSupport;
using static TorchSharp.torch;

namespace UniVG.Finetuning.Tests.Adapters;

/// <summary>Files of files, without a model.</summary>
public sealed class AdapterConversionTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("univg-convert-").FullName;
    private readonly UNet _unet = new(TinyModelConfigs.UNet, new RandomWeights(seed: 1));
    private readonly ClipTextEncoder _text = new(TinyModelConfigs.TextEncoder(vocabularySize: 300), new RandomWeights(seed: 2));

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static TheoryData<AdapterConfig> Configs =>
    [
        new LoraConfig { Dim = 4, Alpha = 3, ConvDim = 2, ConvAlpha = 1 },
        new LoraConfig { Dim = 2, Alpha = 1, ConvDim = 2, Tucker = true, Targets = AdapterTargets.Lycoris },
        new LohaConfig { Dim = 2, ConvDim = 3 },
        new LohaConfig { Dim = 2, ConvDim = 3, Tucker = true },
        new LokrConfig { Dim = 2, ConvDim = 2, Tucker = true, DecomposeBoth = true },
        new LokrConfig { Dim = 2, ConvDim = 1 },
        new LokrConfig { Dim = 1000, Alpha = 1000, ConvDim = 1, ConvAlpha = 0.5 },
    ];

    public void Dispose()
    {
        _unet.Dispose();
        _text.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void Path_and_kernel_of_every_layer_are_found_in_its_flat_name()
    {
        using var unet = new UNet(UNetConfig.StableDiffusion15, new ShapeOnlyWeights());
        using var text = new ClipTextEncoder(ClipTextConfig.StableDiffusion15, new ShapeOnlyWeights());
        foreach (var layer in unet.Weights.Layers.Concat(text.Weights.Layers))
        {
            var path = LayerNames.PathOf(layer.Path.Replace('.', '_'));
            Assert.Equal(layer.Path, path);
            Assert.Equal(layer is Conv2d ? layer.Weight.shape[2] : 0, LayerNames.KernelOf(path));
        }
    }

    [Theory]
    [MemberData(nameof(Configs))]
    public void File_read_without_its_model_makes_the_same_changes(AdapterConfig config)
    {
        using var scope = NewDisposeScope();
        var path = Write(config);
        using var model = AdapterFile.Read(path, _unet.Weights.Layers, _text.Weights.Layers);

        using var alone = AdapterFile.ReadAlone(path);

        Assert.Equal(model.Config, alone.Config);
        var byName = alone.Adapters.ToDictionary(a => a.Name);
        Assert.Equal(model.Adapters.Count, byName.Count);
        foreach (var adapter in model.Adapters)
        {
            Assert.Equal(adapter.Layer.Path, byName[adapter.Name].Layer.Path);
            Assert.True(TensorAssert.HaveSameBits(adapter.DeltaWeight(), byName[adapter.Name].DeltaWeight()), adapter.Name);
        }
    }

    [Theory]
    [InlineData(AdapterNaming.Diffusers, false)]
    [InlineData(AdapterNaming.Peft, false)]
    [InlineData(AdapterNaming.Peft, true)]
    public void Converted_file_is_the_same_change_and_comes_back(AdapterNaming naming, bool loha)
    {
        using var scope = NewDisposeScope();
        AdapterConfig config = loha ? new LohaConfig { Dim = 2, Alpha = 1, ConvDim = 3, Tucker = true } : new LoraConfig { Dim = 4, Alpha = 3, ConvDim = 2, ConvAlpha = 5 };
        var (path, other, back) = (Write(config, ScalarType.Float32), Path.Combine(_folder, "other.safetensors"), Path.Combine(_folder, "back.safetensors"));

        AdapterConversion.Convert(path, other, naming);
        var report = AdapterConversion.Convert(other, back, AdapterNaming.Kohya);

        Assert.Equal(naming, report.Naming);
        using var first = AdapterFile.Read(path, _unet.Weights.Layers, _text.Weights.Layers);
        using var second = AdapterFile.Read(other, _unet.Weights.Layers, _text.Weights.Layers);
        Assert.Equal(first.Adapters.Select(a => a.Name), second.Adapters.Select(a => a.Name));
        Assert.All(first.Adapters.Zip(second.Adapters), pair => TensorAssert.Close(pair.First.DeltaWeight().detach(), pair.Second.DeltaWeight().detach(), 1e-5, pair.First.Name));
        if (naming == AdapterNaming.Peft) Assert.Equal(Data(path), Data(back));
    }

    [Fact]
    public void Peft_folder_is_what_peft_reads()
    {
        var output = Path.Combine(_folder, "peft");
        AdapterConversion.Convert(Write(new LoraConfig { Dim = 4, Alpha = 3, ConvDim = 2, ConvAlpha = 5 }), output, AdapterNaming.Peft);

        using var file = SafetensorsFile.Open(Path.Combine(output, "unet", "adapter_model.safetensors"));
        Assert.Contains("base_model.model.mid_block.attentions.0.proj_in.lora_A.weight", file.Names);
        using var config = System.Text.Json.JsonDocument.Parse(File.ReadAllText(Path.Combine(output, "unet", "adapter_config.json")));
        var root = config.RootElement;
        Assert.Equal(("LORA", 4, 3.0), (root.GetProperty("peft_type").GetString(), root.GetProperty("r").GetInt32(), root.GetProperty("lora_alpha").GetDouble()));
        Assert.Equal(2, root.GetProperty("rank_pattern").GetProperty("mid_block.resnets.0.conv1").GetInt32());
        Assert.Equal(5, root.GetProperty("alpha_pattern").GetProperty("mid_block.resnets.0.conv1").GetDouble());
        Assert.Contains("mid_block.resnets.0.conv1", root.GetProperty("target_modules").EnumerateArray().Select(m => m.GetString()));
        Assert.True(File.Exists(Path.Combine(output, "text_encoder", "adapter_config.json")));
        Assert.Contains("--overwrite", Assert.Throws<UniVGException>(() => AdapterFile.EnsureFolderWritable(output, overwrite: false)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Peft_folder_that_is_replaced_keeps_nothing_of_the_earlier_adapter()
    {
        var output = Path.Combine(_folder, "peft");
        AdapterConversion.Convert(Write(new LoraConfig { Dim = 4 }), output, AdapterNaming.Peft);

        AdapterConversion.Convert(Write(new LoraConfig { Dim = 2, TextEncoder = false }), output, AdapterNaming.Peft);

        using var network = AdapterFile.ReadAlone(output);
        Assert.Empty(network.TextEncoder);
    }

    [Theory]
    [InlineData(AdapterNaming.Diffusers)]
    [InlineData(AdapterNaming.Peft)]
    public void What_a_notation_lacks_is_refused_and_nothing_is_written(AdapterNaming naming)
    {
        var output = Path.Combine(_folder, "refused");

        var e = Assert.Throws<UniVGException>(() => AdapterConversion.Convert(Write(new LokrConfig { Dim = 2, ConvDim = 1 }), output, naming));

        Assert.Contains("extract a LoRA", e.Message, StringComparison.Ordinal);
        Assert.False(Path.Exists(output));
    }

    [Fact]
    public void Resized_LoRA_keeps_scale_and_training_facts_and_loses_what_it_reports()
    {
        var (path, output) = (Write(new LoraConfig { Dim = 4, Alpha = 2, ConvDim = 4, ConvAlpha = 2 }), Path.Combine(_folder, "small.safetensors"));

        var report = AdapterConversion.Resize(path, output, new LoraExtractOptions { Dim = 2, ConvDim = 1 }, cancellationToken: Cancellation);

        using var original = AdapterFile.Read(path, _unet.Weights.Layers, _text.Weights.Layers);
        using var resized = AdapterFile.Read(output, _unet.Weights.Layers, _text.Weights.Layers);
        Assert.All(resized.Adapters, a => Assert.Equal((TargetModules.HasLargeKernel(a.Layer) ? 1 : 2, 0.5), (a.Dim, a.Scale)));
        var (lost, all) = (0.0, 0.0);
        using var noGrad = no_grad();
        foreach (var (a, b) in original.Adapters.Zip(resized.Adapters))
        {
            using var scope = NewDisposeScope();
            lost += (a.DeltaWeight() - b.DeltaWeight()).square().sum().ToDouble();
            all += a.DeltaWeight().square().sum().ToDouble();
        }

        Assert.Equal(Math.Sqrt(lost / all), report.RelativeError, 1e-3);
        Assert.InRange(report.Worst.RelativeError, report.RelativeError, 1);
        var metadata = resized.LoadReport!.Metadata;
        Assert.Equal(("12", "2", "1.0"), (metadata["ss_steps"], metadata["ss_network_dim"], metadata["ss_network_alpha"]));
        Assert.Contains("dim 2", metadata["ss_training_comment"], StringComparison.Ordinal);
    }

    [Fact]
    public void LoHA_becomes_a_LoRA_that_every_tool_reads_and_a_share_of_its_norm_decides_the_ranks()
    {
        var (path, output) = (Write(new LohaConfig { Dim = 3, ConvDim = 2 }), Path.Combine(_folder, "lora.safetensors"));
        var options = new LoraExtractOptions { Dim = 16, ConvDim = 16, Rule = RankRule.Frobenius, RuleValue = 0.8 };

        var report = AdapterConversion.Resize(path, output, options, ScalarType.Float32, cancellationToken: Cancellation);

        Assert.All(report.Layers, layer => Assert.InRange(layer.RelativeError, 0, 0.601)); // √(1 − 0.8²)
        Assert.True(report.Ranks.Smallest < report.Ranks.Largest);
        using var file = SafetensorsFile.Open(output);
        Assert.All(file.Names, name => Assert.Matches(@"\.(alpha|lora_(up|down)\.weight)$", name));
        Assert.Equal("Dynamic", file.Metadata["ss_network_dim"]);
        using var loaded = AdapterFile.Read(output, _unet.Weights.Layers, _text.Weights.Layers);
    }

    [Fact]
    public void DoRA_cannot_be_resized_without_its_model()
    {
        var path = Write(new LoraConfig { Dim = 2, ConvDim = 0, WeightDecompose = true });

        var e = Assert.Throws<UniVGException>(() => AdapterConversion.Resize(path, Path.Combine(_folder, "x.safetensors"), new LoraExtractOptions(), cancellationToken: Cancellation));

        Assert.Contains("DoRA", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Inspection_tells_method_sizes_words_and_where_the_change_is()
    {
        var path = Write(new LoraConfig { Dim = 4, Alpha = 3, ConvDim = 2, ConvAlpha = 1 });

        var summary = AdapterInspector.Inspect(path);

        using var network = AdapterFile.Read(path, _unet.Weights.Layers, _text.Weights.Layers);
        Assert.Equal(("lora", 4, 2), (summary.Config.Kind, summary.Config.Dim, summary.Config.ConvDim));
        Assert.Equal((network.UNet.Count(), network.TextEncoder.Count()), (summary.UNetModules, summary.TextEncoderModules));
        Assert.Equal(["vessel", "artery"], summary.TriggerWords);
        Assert.Null(summary.Foreign);
        var norms = summary.Norms.ToDictionary(n => n.Path, n => n.Norm);
        Assert.All(AdapterNorms.Of(network), a => Assert.Equal(a.Norm, norms[a.Adapter.Layer.Path], 1e-5));
    }

    private string Write(AdapterConfig config, ScalarType precision = ScalarType.Float16)
    {
        var path = Path.Combine(_folder, $"{Guid.NewGuid():N}.safetensors");
        using var network = AdapterNetwork.Create(config, _unet.Weights.Layers, _text.Weights.Layers, seed: 1);
        AdapterLoadTests.Randomize(network);
        AdapterFile.Save(network, path, precision, new Dictionary<string, string>
        {
            ["ss_steps"] = "12",
            ["ss_tag_frequency"] = """{"a": {"vessel": 5}, "b": {"vessel": 1, "artery": 4}}""",
        });
        return path;
    }

    private static byte[] Data(string path)
    {
        using var file = SafetensorsFile.Open(path);
        return [.. file.Names.Order(StringComparer.Ordinal).SelectMany(name =>
        {
            using var tensor = file.Read(name);
            return tensor.bytes.ToArray();
        })];
    }
}
