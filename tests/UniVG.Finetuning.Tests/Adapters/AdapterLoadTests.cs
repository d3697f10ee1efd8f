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

public sealed class AdapterLoadTests : IDisposable
{
    private const string Query = "down_blocks.1.attentions.0.transformer_blocks.0.attn1.to_q";
    private const string TextQuery = "text_model.encoder.layers.0.self_attn.q_proj";
    private readonly string _folder = Directory.CreateTempSubdirectory("univg-load-").FullName;
    private readonly UNet _unet = new(TinyModelConfigs.UNet, new RandomWeights(seed: 1));
    private readonly ClipTextEncoder _text = new(TinyModelConfigs.TextEncoder(vocabularySize: 300), new RandomWeights(seed: 2));

    public static TheoryData<AdapterConfig> Configs =>
    [
        new LoraConfig { Dim = 4, Alpha = 3, ConvDim = 2, ConvAlpha = 1 },
        new LoraConfig { Dim = 2, Alpha = 1, ConvDim = 2, Tucker = true, Targets = AdapterTargets.Lycoris },
        new LohaConfig { Dim = 2, ConvDim = 3 },
        new LohaConfig { Dim = 2, ConvDim = 3, Tucker = true },
        new LokrConfig { Dim = 2, ConvDim = 2, Tucker = true, DecomposeBoth = true },
        new LokrConfig { Dim = 1000, Alpha = 1000, ConvDim = 1, ConvAlpha = 0.5 },
        new LoraConfig { Dim = 2, Alpha = 1, ConvDim = 1, WeightDecompose = true },
        new LohaConfig { Dim = 2, ConvDim = 1, WeightDecompose = true },
    ];

    private IReadOnlyList<AdaptableLayer> UNet => _unet.Weights.Layers;

    private IReadOnlyList<AdaptableLayer> Text => _text.Weights.Layers;

    public void Dispose()
    {
        _unet.Dispose();
        _text.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    public static TheoryData<AdapterConfig, ScalarType, AdapterNaming> RoundTrips
    {
        get
        {
            var trips = new TheoryData<AdapterConfig, ScalarType, AdapterNaming>();
            foreach (var config in Configs.Select(row => row.Data))
            {
                foreach (var precision in (ScalarType[])[ScalarType.Float32, ScalarType.Float16, ScalarType.BFloat16])
                {
                    trips.Add(config, precision, AdapterNaming.Kohya);
                    var isPlainLora = config is LoraConfig { Tucker: false, WeightDecompose: false };
                    if (isPlainLora) trips.Add(config, precision, AdapterNaming.Diffusers);
                    if (isPlainLora || config is LohaConfig { WeightDecompose: false }) trips.Add(config, precision, AdapterNaming.Peft);
                }
            }

            return trips;
        }
    }

    [Theory]
    [MemberData(nameof(RoundTrips))]
    public void Adapter_that_is_saved_loaded_and_saved_again_has_the_same_bytes(AdapterConfig config, ScalarType precision, AdapterNaming naming)
    {
        using var scope = NewDisposeScope();
        var (first, second) = (Path.Combine(_folder, "1.safetensors"), Path.Combine(_folder, "2.safetensors"));
        var deltas = new List<Tensor>();
        using (var network = AdapterNetwork.Attach(config, UNet, Text, seed: 1))
        {
            Randomize(network);
            deltas.AddRange(network.Adapters.Select(a => a.DeltaWeight().detach()));
            AdapterFile.Save(network, first, precision, new Dictionary<string, string>(), naming);
        }

        using var loaded = AdapterFile.Load(first, UNet, Text);
        AdapterFile.Save(loaded, second, precision, new Dictionary<string, string>(), naming);

        Assert.Equal(FilesOf(first).Select(File.ReadAllBytes), FilesOf(second).Select(File.ReadAllBytes));
        Assert.Equal(naming, loaded.LoadReport!.Naming);
        Assert.Equal(precision, loaded.LoadReport.Precision);
        Assert.Equal((config.Kind, config.WeightDecompose, config.Tucker), (loaded.Config.Kind, loaded.Config.WeightDecompose, loaded.Config.Tucker));
        if (naming != AdapterNaming.Diffusers) Assert.Equal((config.ConvDim, config.ConvAlpha), (loaded.Config.ConvDim, loaded.Config.ConvAlpha));
        Assert.Equal(loaded.LoadReport.Modules, loaded.LoadReport.Matched);
        if (precision != ScalarType.Float32) return;
        Assert.All(loaded.Adapters.Zip(deltas), pair => TensorAssert.Close(pair.Second, pair.First.DeltaWeight().detach(), 1e-5, pair.First.Name));
    }

    [Theory]
    [InlineData("lora_unet_{0}.lora_down.weight", "lora_unet_{0}.lora_up.weight", "lora_te_{1}.lora_down.weight", "lora_te_{1}.lora_up.weight", "Kohya")]
    [InlineData("unet.{0}.lora.down.weight", "unet.{0}.lora.up.weight", "text_encoder.{1}.lora_linear_layer.down.weight", "text_encoder.{1}.lora_linear_layer.up.weight", "Diffusers")]
    [InlineData("unet.{0}.lora_A.weight", "unet.{0}.lora_B.weight", "text_encoder.{1}.lora_A.weight", "text_encoder.{1}.lora_B.weight", "Peft")]
    [InlineData("base_model.model.{0}.lora_A.default.weight", "base_model.model.{0}.lora_B.default.weight", "base_model.model.{1}.lora_A.weight", "base_model.model.{1}.lora_B.weight", "Peft")]
    public void Names_of_every_tool_find_the_same_layers(string down, string up, string textDown, string textUp, string naming)
    {
        var flat = naming == "Kohya";
        string Name(string format) => string.Format(
            null, format, flat ? Query.Replace('.', '_') : Query, flat ? TextQuery.Replace('.', '_') : TextQuery);
        var (query, textQuery) = (Layer(UNet, Query), Layer(Text, TextQuery));
        var file = Write(
            (Name(down), randn([3, query.Weight.shape[1]])), (Name(up), randn([query.Weight.shape[0], 3])),
            (Name(textDown), randn([2, textQuery.Weight.shape[1]])), (Name(textUp), randn([textQuery.Weight.shape[0], 2])));

        using var network = AdapterFile.Load(file, UNet, Text);

        Assert.Equal([(Query, 3, 3.0), (TextQuery, 2, 2.0)], network.Adapters.Select(a => (a.Layer.Path, a.Dim, a.Alpha)));
        Assert.Equal(naming, network.LoadReport!.Naming.ToString());
        Assert.Equal("matched 2 of 2 modules", network.LoadReport.ToString());
    }

    [Fact]
    public void LoHA_has_no_names_in_diffusers()
    {
        using var network = AdapterNetwork.Attach(new LohaConfig { Dim = 1 }, UNet, [], seed: 1);
        var file = Path.Combine(_folder, "loha.safetensors");

        var e = Assert.Throws<UniVGException>(
            () => AdapterFile.Save(network, file, ScalarType.Float32, new Dictionary<string, string>(), AdapterNaming.Diffusers));

        Assert.Contains("extract", e.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(file));
    }

    [Fact]
    public void Names_of_attention_processors_find_their_layers()
    {
        const string Attention = "unet.down_blocks.1.attentions.0.transformer_blocks.0.attn1.processor.to_out_lora";
        var layer = Layer(UNet, Query.Replace("to_q", "to_out.0", StringComparison.Ordinal));
        var file = Write((Attention + ".down.weight", ones([1, layer.Weight.shape[1]])), (Attention + ".up.weight", ones([layer.Weight.shape[0], 1])));

        using var network = AdapterFile.Load(file, UNet, Text);

        Assert.Same(layer, network.Adapters.Single().Layer);
    }

    [Theory]
    [InlineData(ScalarType.Int64)]
    [InlineData(ScalarType.Float16)]
    [InlineData(ScalarType.Float64)]
    public void Alpha_may_be_of_any_type(ScalarType type)
    {
        using var network = AdapterFile.Load(QueryFile(rank: 2, ("alpha", tensor(4).to(type))), UNet, Text);

        Assert.Equal(2, network.Adapters.Single().Scale);
    }

    [Fact]
    public void Alpha_of_peft_is_in_the_configuration_beside_the_file()
    {
        var layer = Layer(UNet, Query);
        var file = Write(
            ($"base_model.model.{Query}.lora_A.weight", ones([4, layer.Weight.shape[1]])),
            ($"base_model.model.{Query}.lora_B.weight", ones([layer.Weight.shape[0], 4])));

        Assert.Equal(2, Scale("""{"lora_alpha": 8, "r": 4}"""));
        Assert.Equal(4, Scale("""{"lora_alpha": 8, "r": 4, "use_rslora": true}"""));
        Assert.Equal(0.25, Scale("""{"lora_alpha": 8, "r": 4, "alpha_pattern": {"attn1.to_q": 1}}"""));
        Assert.Equal(1, Scale("{}"));
        Assert.Throws<UniVGException>(() => Scale("{"));

        double Scale(string config)
        {
            File.WriteAllText(Path.Combine(_folder, "adapter_config.json"), config);
            using var network = AdapterFile.Load(file, UNet, Text);
            return network.Adapters.Single().Scale;
        }
    }

    [Fact]
    public void Alpha_of_diffusers_may_be_in_the_metadata()
    {
        var layer = Layer(UNet, Query);
        var file = Path.Combine(_folder, "diffusers.safetensors");
        var tensors = new Dictionary<string, Tensor>
        {
            [$"unet.{Query}.lora_A.weight"] = ones([4, layer.Weight.shape[1]]),
            [$"unet.{Query}.lora_B.weight"] = ones([layer.Weight.shape[0], 4]),
        };
        SafetensorsWriter.Write(file, tensors, new Dictionary<string, string> { ["lora_adapter_metadata"] = """{"unet.lora_alpha": 12, "unet.r": 4}""" });

        using var network = AdapterFile.Load(file, UNet, Text);

        Assert.Equal(3, network.Adapters.Single().Scale);
    }

    [Theory]
    [InlineData(double.NaN, "alpha")]
    [InlineData(double.PositiveInfinity, "alpha")]
    public void Alpha_that_is_no_number_is_refused(double alpha, string word) => Refused(QueryFile(rank: 2, ("alpha", tensor(alpha))), word);

    [Fact]
    public void Broken_files_are_refused_in_a_sentence_and_leave_the_model_alone()
    {
        var width = Layer(UNet, Query).Weight.shape[1];
        var name = "lora_unet_" + Query.Replace('.', '_');

        Refused(Write(("weight", ones(2))), "no adapter");
        Refused(Write((name + ".lora_down.weight", ones([2, width]))), "lora_up.weight");
        Refused(Write((name + ".lora_up.weight", ones([width, 2]))), "rank");
        Refused(Write((name + ".lora_down.weight", ones([0, width])), (name + ".lora_up.weight", ones([width, 0]))), "rank");
        Refused(Write((name + ".alpha", ones(1))), "incomplete");
        Refused(Write((name + ".lora_down.weight", ones([2, width + 1])), (name + ".lora_up.weight", ones([width, 2]))), $"2x{width + 1}");
        Refused(Write((name + ".lora_down.weight", full([2, width], float.NaN)), (name + ".lora_up.weight", ones([width, 2]))), "not finite");
        Refused(QueryFile(2, ("hada_w1_a", ones([width, 2]))), "parts of one adapter");
        Refused(Write((name + ".lokr_w1", ones([2, 2])), (name + ".lokr_w2_b", ones([1, width / 2]))), "lokr_w2_a");
        Refused(Write((name + ".lokr_w1_b", ones([1, 2])), (name + ".lokr_w2", ones([width / 2, width / 2]))), "lokr_w1_a");
        Refused(Write((name + ".lokr_w1", ones([2, 2])), (name + ".lokr_w2", ones([width / 2, width / 2])), (name + ".lokr_w2_a", ones([width / 2, 1]))), "parts of one adapter");
        Refused(QueryFile(2, ("dora_scale", ones([width + 1, 1]))), $"{width + 1}x1");
        Refused(Write(
            ($"base_model.model.{Query}.lora_A.weight", ones([2, width])), ($"base_model.model.{Query}.lora_B.weight", ones([width, 2])),
            ($"base_model.model.{Query}.lora_magnitude_vector", ones(width))), "DoRA");
        Refused(Write(("lora_unet_other.lora_down.weight", ones([2, 2])), ("lora_unet_other.lora_up.weight", ones([2, 2]))), "0 of 1");
        Refused(
            Write((name + ".lora_down.weight", ones([2, width])), ($"unet.{Query}.lora.down.weight", ones([2, width]))), "the same tensor");
    }

    [Fact]
    public void Broken_files_are_refused_without_a_model_too()
    {
        foreach (var tensors in ((string, Tensor)[][])[
            [("weight", ones(2))],
            [("lora_unet_conv_in.lora_down.weight", ones([2, 36]))],
            [("lora_unet_conv_in.lora_up.weight", ones([8, 2]))],
            [("lora_unet_conv_in.hada_w1_a", ones([8, 2])), ("lora_unet_conv_in.hada_w1_b", ones([2, 36]))],
            [("lora_unet_conv_in.lokr_w1", ones([0, 2])), ("lora_unet_conv_in.lokr_w2", ones([2, 2]))],
            [("lora_unet_conv_in.alpha", ones(1))]])
        {
            var e = Assert.ThrowsAny<UniVGException>(() => AdapterFile.ReadAlone(Write(tensors)));
            Assert.DoesNotContain('\n', e.Message);
        }
    }

    [Theory]
    [InlineData("Stable Diffusion XL", "lora_te2_text_model_encoder_layers_0_self_attn_q_proj", 1280)]
    [InlineData("Stable Diffusion XL", "lora_unet_input_blocks_4_1_transformer_blocks_0_attn2_to_k", 2048)]
    [InlineData("Stable Diffusion 2.x", "lora_unet_down_blocks_1_attentions_0_transformer_blocks_0_attn2_to_k", 1024)]
    [InlineData("Stable Diffusion 2.x", "lora_te_text_model_encoder_layers_12_mlp_fc1", 1024)]
    [InlineData("Stable Diffusion 3", "lora_unet_joint_blocks_0_context_block_attn_qkv", 1536)]
    [InlineData("FLUX", "lora_unet_double_blocks_0_img_attn_qkv", 3072)]
    public void Adapter_of_another_architecture_is_named(string origin, string name, long width)
    {
        var file = Write((name + ".lora_down.weight", ones([2, width])), (name + ".lora_up.weight", ones([8, 2])));

        Refused(file, origin);
        using var alone = AdapterFile.ReadAlone(file);
        Assert.Equal(origin, AdapterInspector.Inspect(file).Foreign);
        Assert.Contains(origin, Assert.Throws<UniVGException>(
            () => AdapterConversion.Convert(file, Path.Combine(_folder, "other.safetensors"), AdapterNaming.Kohya)).Message, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(_folder, "other.safetensors")));
        Assert.Equal(width, alone.Adapters.Single().Layer.Weight.numel() / 8);
    }

    [Theory]
    [InlineData(-1, false)]
    [InlineData(4, false)]
    [InlineData(4, true)]
    public void Factor_of_a_LoKr_is_found_in_its_sizes(int factor, bool both)
    {
        var config = new LokrConfig { Dim = 1, ConvDim = 1, Factor = factor, DecomposeBoth = both };
        var path = Path.Combine(_folder, "lokr.safetensors");
        using (var network = AdapterNetwork.Create(config, UNet, Text, seed: 1)) AdapterFile.Save(network, path, ScalarType.Float16, new Dictionary<string, string>());

        using var read = AdapterFile.ReadAlone(path);

        Assert.Equal((factor, both), (((LokrConfig)read.Config).Factor, ((LokrConfig)read.Config).DecomposeBoth));
    }

    [Fact]
    public void Partial_match_is_an_error_unless_asked_for()
    {
        var file = QueryFile(2, [], ("lora_unet_other.lora_down.weight", ones([2, 2])));

        Refused(file, "1 of 2");
        using var network = AdapterFile.Load(file, UNet, Text, new AdapterLoadOptions { AllowPartial = true });
        Assert.Equal(["lora_unet_other"], network.LoadReport!.Unmatched);
        Assert.Single(network.Adapters);
    }

    [Fact]
    public void Several_adapters_act_together_and_leave_singly()
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var layer = Layer(UNet, Query);
        var x = randn([1, 3, layer.Weight.shape[1]]);
        var plain = layer.Forward(x);
        var file = QueryFile(2, ("alpha", tensor(1f)));
        var first = AdapterFile.Load(file, UNet, Text);
        Assert.Contains("already", Assert.Throws<UniVGException>(() => AdapterFile.Load(file, UNet, Text)).Message, StringComparison.Ordinal);

        var one = layer.Forward(x);
        var second = AdapterFile.Load(file, UNet, Text, new AdapterLoadOptions { KeepOthers = true, Multiplier = -0.5 });
        TensorAssert.Close(plain + ((one - plain) * 0.5), layer.Forward(x), 1e-5);
        first.Dispose();
        TensorAssert.Close(plain - ((one - plain) * 0.5), layer.Forward(x), 1e-5);
        second.Dispose();

        Assert.Null(layer.Adapter);
    }

    [Fact]
    public void LyCORIS_hash_is_that_of_LyCORIS()
    {
        foreach (var name in (string[])["loha_tiny", "loha_tucker_tiny", "loha_alpha_tiny", "locon_tucker_tiny"])
        {
            using var tiny = new TinyStableDiffusion();
            using var unet = tiny.UNet();
            using var text = tiny.TextEncoder();
            using var golden = SafetensorsFile.Open(Goldens.Path(name + ".safetensors"));
            using var network = AdapterFile.Load(golden.Path, unet.Weights.Layers, text.Weights.Layers);
            var copy = Path.Combine(_folder, name + ".safetensors");

            AdapterFile.Save(network, copy, golden.Tensors.Values.First().DType, new Dictionary<string, string>());

            using var saved = SafetensorsFile.Open(copy);
            Assert.Equal(golden.Metadata["sshs_model_hash"], saved.Metadata["sshs_model_hash"]);
            Assert.False(saved.Metadata.ContainsKey("sshs_legacy_hash"));
        }
    }

    internal static void Randomize(AdapterNetwork network)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using var generator = new Generator(5);
        foreach (var (_, tensor) in network.Adapters.SelectMany(a => a.Parameters)) tensor.copy_(randn(tensor.shape, generator: generator).mul_(0.1));
    }

    private static IEnumerable<string> FilesOf(string path) =>
        Directory.Exists(path) ? Directory.GetFiles(path, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal) : [path];

    private static AdaptableLayer Layer(IReadOnlyList<AdaptableLayer> layers, string path) => layers.Single(l => l.Path == path);

    private string QueryFile(int rank, (string Suffix, Tensor Value) extra, params (string Name, Tensor Value)[] others) =>
        QueryFile(rank, [extra], others);

    private string QueryFile(int rank, (string Suffix, Tensor Value)[] extras, params (string Name, Tensor Value)[] others)
    {
        var (name, shape) = ("lora_unet_" + Query.Replace('.', '_'), Layer(UNet, Query).Weight.shape);
        return Write(
        [
            (name + ".lora_down.weight", ones([rank, shape[1]])), (name + ".lora_up.weight", ones([shape[0], rank])),
            .. extras.Select(extra => ($"{name}.{extra.Suffix}", extra.Value)), .. others,
        ]);
    }

    private string Write(params (string Name, Tensor Value)[] tensors)
    {
        var path = Path.Combine(_folder, $"{Guid.NewGuid():N}.safetensors");
        SafetensorsWriter.Write(path, tensors.ToDictionary(t => t.Name, t => t.Value));
        return path;
    }

    private void Refused(string file, string word)
    {
        var e = Assert.ThrowsAny<UniVGException>(() => AdapterFile.Load(file, UNet, Text));
        Assert.True(e.Message.Contains(word, StringComparison.Ordinal), e.Message);
        Assert.All(UNet.Concat(Text), layer => Assert.Null(layer.Adapter));
    }
}
