using System.Text.Json;
using UniVG.Diffusion.Checkpoints;
using UniVG.Diffusion.Runtime;
using UniVG.TestSupport;
using static TorchSharp.torch;

namespace UniVG.Diffusion.Tests.Checkpoints;

public sealed class CheckpointReaderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    static CheckpointReaderTests() => TorchRuntime.EnsureLoaded();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_single_file_is_taken_apart_into_its_components()
    {
        using var checkpoint = CheckpointReader.Open(Goldens.Path("sd_tiny.safetensors"));

        Assert.Equal(CheckpointLayout.SingleFile, checkpoint.Layout);
        Assert.Equal(684, checkpoint.UNet.Keys.Count); // SD 1.5 has 686: here level 1 keeps its channels and needs no shortcut
        Assert.Equal(244, checkpoint.Vae.Keys.Count);  // and 248: two more on each side
        Assert.Equal(196 - (9 * 16), checkpoint.TextEncoder.Keys.Count);
        Assert.Empty(checkpoint.UNet.Unexpected.Concat(checkpoint.Vae.Unexpected).Concat(checkpoint.TextEncoder.Unexpected));
        Assert.Empty(checkpoint.Unexpected);
        Assert.Contains("model_ema.decay", checkpoint.Ignored);
        Assert.Contains("cond_stage_model.transformer.text_model.embeddings.position_ids", checkpoint.Ignored);
        Assert.Equal(1000, checkpoint.Schedule!.Betas!.Count);
        Assert.Equal(0.00085, checkpoint.Schedule.Betas[0], 1e-6);
    }

    [Fact]
    public void Configurations_are_derived_from_the_shapes()
    {
        using var checkpoint = CheckpointReader.Open(Goldens.Path("sd_tiny.safetensors"), new CheckpointOptions { UNetHeads = 4 });

        var unet = JsonDocument.Parse(checkpoint.UNet.ConfigJson).RootElement;
        Assert.Equal("[32,32,64,64]", unet.GetProperty("block_out_channels").GetRawText());
        Assert.Equal(64, unet.GetProperty("cross_attention_dim").GetInt32());
        Assert.Equal(2, unet.GetProperty("layers_per_block").GetInt32());
        Assert.Equal(4, unet.GetProperty("attention_head_dim").GetInt32());
        Assert.Equal("DownBlock2D", unet.GetProperty("down_block_types")[3].GetString());
        Assert.Equal("UpBlock2D", unet.GetProperty("up_block_types")[0].GetString());
        Assert.Equal("CrossAttnUpBlock2D", unet.GetProperty("up_block_types")[1].GetString());
        var vae = JsonDocument.Parse(checkpoint.Vae.ConfigJson).RootElement;
        Assert.Equal("[32,32,32,64]", vae.GetProperty("block_out_channels").GetRawText());
        var text = JsonDocument.Parse(checkpoint.TextEncoder.ConfigJson).RootElement;
        Assert.Equal(3, text.GetProperty("num_hidden_layers").GetInt32());
        Assert.Equal(1, text.GetProperty("num_attention_heads").GetInt32()); // 64 features make one head by CLIP's rule
        Assert.Equal(1024, text.GetProperty("vocab_size").GetInt32());
    }

    [Fact]
    public void A_model_survives_the_way_through_a_diffusers_folder_and_back_into_one_file()
    {
        using var scope = NewDisposeScope();
        using var original = CheckpointReader.Open(Goldens.Path("sd_tiny.safetensors"), new CheckpointOptions { UNetHeads = 4, TextEncoderHeads = 4 });
        DiffusersFolder.Save(_folder["model"], Contents(original));
        using var folder = CheckpointReader.Open(_folder["model"]);
        LdmCheckpointWriter.Write(_folder["back.safetensors"], Contents(folder));
        using var back = CheckpointReader.Open(_folder["back.safetensors"]);

        Assert.Equal(CheckpointLayout.DiffusersFolder, folder.Layout);
        Assert.Equal(_folder[Path.Combine("model", "tokenizer")], folder.TokenizerFolder);
        Assert.Equal(original.UNet.ConfigJson, folder.UNet.ConfigJson);
        Assert.Equal(original.UNet.ConfigJson, back.UNet.ConfigJson); // heads included, by way of the metadata
        Assert.Equal(original.TextEncoder.ConfigJson, back.TextEncoder.ConfigJson);
        AssertSameWeights(original, folder);
        foreach (var (key, info) in back.UNet.File.Tensors)
        {
            Assert.Equal(original.UNet.File.Tensors[key].Shape, info.Shape);
            using var expected = original.UNet.File.Read(key);
            using var actual = back.UNet.File.Read(key);
            Assert.True(expected.equal(actual).all().item<bool>(), key);
        }
    }

    [Fact]
    public void Old_names_and_half_precision_variants_in_a_folder_are_understood()
    {
        using var scope = NewDisposeScope();
        using var original = CheckpointReader.Open(Goldens.Path("sd_tiny.safetensors"));
        var contents = Contents(original);
        DiffusersFolder.Save(_folder["model"], contents with
        {
            Vae = contents.Vae.ToDictionary(
                w => w.Key.Replace(".to_q.", ".query.", StringComparison.Ordinal).Replace(".to_out.0.", ".proj_attn.", StringComparison.Ordinal),
                w => w.Value),
            TextEncoder = contents.TextEncoder.ToDictionary(w => w.Key["text_model.".Length..], w => w.Value),
        });
        var unet = _folder[Path.Combine("model", "unet", "diffusion_pytorch_model.safetensors")];
        File.Move(unet, unet.Replace(".safetensors", ".fp16.safetensors", StringComparison.Ordinal));

        using var folder = CheckpointReader.Open(_folder["model"]);

        AssertSameWeights(original, folder);
    }

    [Fact]
    public void A_VAE_given_apart_replaces_the_models_own()
    {
        using var scope = NewDisposeScope();
        var model = Goldens.Path("sd_tiny.safetensors");
        using var original = CheckpointReader.Open(model);
        DiffusersFolder.Save(_folder["model"], Contents(original));
        var bare = original.Vae.Keys.ToDictionary(k => k.Value["first_stage_model.".Length..], k => original.Vae.File.Read(k.Value).mul(2));
        SafetensorsWriter.Write(_folder["vae.safetensors"], bare);

        using var fromFile = CheckpointReader.Open(model, new CheckpointOptions { VaePath = _folder["vae.safetensors"] });
        using var fromFolder = CheckpointReader.Open(model, new CheckpointOptions { VaePath = _folder[Path.Combine("model", "vae")] });
        using var fromModel = CheckpointReader.Open(model, new CheckpointOptions { VaePath = _folder["model"] });
        using var fromCheckpoint = CheckpointReader.Open(_folder["model"], new CheckpointOptions { VaePath = model });

        Assert.Equal(2 * Sum(original.Vae), Sum(fromFile.Vae), 1e-2);
        foreach (var other in new[] { fromFolder, fromModel, fromCheckpoint }) Assert.Equal(Sum(original.Vae), Sum(other.Vae), 1e-2);
        Assert.Equal(original.Vae.Keys.Keys.Order(), fromFile.Vae.Keys.Keys.Order());
    }

    [Theory]
    [InlineData("is an adapter", "lora_unet_mid_block_attentions_0_proj_in.lora_down.weight", "4x32")]
    [InlineData("is an adapter", "lora_unet_x.hada_w1_a", "4x32")]
    [InlineData("Stable Diffusion 2.x", "model.diffusion_model.input_blocks.0.0.weight cond_stage_model.model.ln_final.weight", "320x4x3x3")]
    [InlineData("Stable Diffusion 2.x", "model.diffusion_model.input_blocks.1.1.proj_in.weight", "320x320")]
    [InlineData("Stable Diffusion XL", "model.diffusion_model.label_emb.0.0.weight conditioner.embedders.0.x", "320x4")]
    [InlineData("inpainting", "model.diffusion_model.input_blocks.0.0.weight", "320x9x3x3")]
    [InlineData("image-editing", "model.diffusion_model.input_blocks.0.0.weight", "320x8x3x3")]
    [InlineData("ControlNet without the model", "control_model.time_embed.0.weight", "4")]
    [InlineData("ControlNet without the model", "controlnet_cond_embedding.conv_in.weight", "4")]
    [InlineData("transformer", "model.diffusion_model.joint_blocks.0.x_block.attn.proj.bias", "4")]
    [InlineData("is a VAE alone", "first_stage_model.encoder.conv_in.weight", "4")]
    [InlineData("is the UNet of a diffusers folder", "down_blocks.0.resnets.0.conv1.weight", "4")]
    [InlineData("text encoder alone", "text_model.final_layer_norm.weight", "4")]
    [InlineData("textual-inversion", "emb_params", "1x768")]
    [InlineData("holds no Stable Diffusion model (its 2 tensors are bar, foo)", "foo bar", "4")]
    public void A_file_that_is_no_base_model_is_refused_with_the_reason(string reason, string keys, string shape)
    {
        using var scope = NewDisposeScope();
        var size = shape.Split('x').Select(long.Parse).ToArray();
        SafetensorsWriter.Write(_folder["x.safetensors"], keys.Split(' ').ToDictionary(k => k, _ => zeros(size)));

        var fault = Assert.Throws<CheckpointException>(() => CheckpointReader.Open(_folder["x.safetensors"]));

        Assert.Contains(reason, fault.Message, StringComparison.Ordinal);
        Assert.Contains("x.safetensors", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_ControlNet_beside_the_whole_model_is_ignored_and_reported()
    {
        using var scope = NewDisposeScope();
        using var source = SafetensorsFile.Open(Goldens.Path("sd_tiny.safetensors"));
        var tensors = source.Names.ToDictionary(n => n, source.Read);
        tensors["control_model.time_embed.0.weight"] = zeros(1);
        SafetensorsWriter.Write(_folder["x.safetensors"], tensors);

        using var checkpoint = CheckpointReader.Open(_folder["x.safetensors"]);

        Assert.Contains("control_model.time_embed.0.weight", checkpoint.Ignored);
    }

    [Theory]
    [InlineData("first_stage_model.", "no VAE")]
    [InlineData("cond_stage_model.", "no text encoder")]
    [InlineData("model.diffusion_model.out.2.", "lacks the weight 'conv_out.weight'")]
    public void An_incomplete_file_is_refused_with_what_it_lacks(string absentPrefix, string reason)
    {
        using var scope = NewDisposeScope();
        using var source = SafetensorsFile.Open(Goldens.Path("sd_tiny.safetensors"));
        var kept = source.Names.Where(n => !n.StartsWith(absentPrefix, StringComparison.Ordinal)).ToDictionary(n => n, source.Read);
        SafetensorsWriter.Write(_folder["x.safetensors"], kept);

        var fault = Assert.Throws<CheckpointException>(() => CheckpointReader.Open(_folder["x.safetensors"]));

        Assert.Contains(reason, fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("absent.safetensors", "does not exist")]
    [InlineData("", "folder without unet/config.json")]
    public void A_path_that_holds_no_model_is_refused(string name, string reason)
    {
        var fault = Assert.Throws<CheckpointException>(() => CheckpointReader.Open(_folder[name]));
        Assert.Contains(reason, fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("model_index.json", """{ "_class_name": "StableDiffusionXLPipeline" }""", "is a StableDiffusionXLPipeline")]
    [InlineData("model_index.json", "{", "not valid JSON")]
    [InlineData("unet/config.json", null, "folder without unet/config.json")]
    [InlineData("vae/config.json", null, "is missing, so the component's dimensions are unknown")]
    [InlineData("vae/diffusion_pytorch_model.safetensors", null, "holds no weights")]
    [InlineData("text_encoder/model.safetensors", "oops", "shorter than the 8 bytes")]
    public void A_damaged_folder_is_refused_with_the_reason(string name, string? text, string reason)
    {
        using var scope = NewDisposeScope();
        using var original = CheckpointReader.Open(Goldens.Path("sd_tiny.safetensors"));
        DiffusersFolder.Save(_folder["model"], Contents(original));
        var path = Path.Combine(_folder["model"], name);
        File.Delete(path);
        if (text is not null) File.WriteAllText(path, text);

        var fault = Assert.Throws<CheckpointException>(() => CheckpointReader.Open(_folder["model"]));

        Assert.Contains(reason, fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("conv_in.weight", new long[] { 32, 9, 3, 3 }, "inpainting")]
    [InlineData("down_blocks.0.attentions.0.proj_in.weight", new long[] { 32, 32 }, "2.x or XL")]
    public void A_folder_of_another_family_is_refused(string weight, long[] shape, string reason)
    {
        using var scope = NewDisposeScope();
        using var original = CheckpointReader.Open(Goldens.Path("sd_tiny.safetensors"));
        var contents = Contents(original);
        DiffusersFolder.Save(_folder["model"], contents with { UNet = new Dictionary<string, Tensor>(contents.UNet) { [weight] = zeros(shape) } });

        Assert.Contains(reason, Assert.Throws<CheckpointException>(() => CheckpointReader.Open(_folder["model"])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_text_encoder_of_another_width_than_the_UNet_takes_is_refused()
    {
        using var scope = NewDisposeScope();
        using var original = CheckpointReader.Open(Goldens.Path("sd_tiny.safetensors"));
        var contents = Contents(original);
        DiffusersFolder.Save(_folder["model"], contents with
        {
            TextEncoder = new Dictionary<string, Tensor>(contents.TextEncoder) { ["text_model.embeddings.token_embedding.weight"] = zeros(1024, 96) },
        });

        var fault = Assert.Throws<CheckpointException>(() => CheckpointReader.Open(_folder["model"]));

        Assert.Contains("gives 96 features and its UNet takes 64", fault.Message, StringComparison.Ordinal);
    }

    private static ModelContents Contents(Checkpoint checkpoint) => new()
    {
        UNet = checkpoint.UNet.Keys.ToDictionary(k => k.Key, k => checkpoint.UNet.File.Read(k.Value)),
        UNetConfigJson = checkpoint.UNet.ConfigJson,
        Vae = checkpoint.Vae.Keys.ToDictionary(k => k.Key, k => Squeezed(checkpoint.Vae.File.Read(k.Value), k.Key)),
        VaeConfigJson = checkpoint.Vae.ConfigJson,
        TextEncoder = checkpoint.TextEncoder.Keys.ToDictionary(k => k.Key, k => checkpoint.TextEncoder.File.Read(k.Value)),
        TextEncoderConfigJson = checkpoint.TextEncoder.ConfigJson,
        SchedulerConfigJson = """{ "_class_name": "DDIMScheduler" }""",
        VocabularyJson = "{}",
        Merges = "#version: 0.2\n",
    };

    private static Tensor Squeezed(Tensor weight, string name) =>
        name.Contains(".attentions.0.to_", StringComparison.Ordinal) && weight.dim() == 4 ? weight.squeeze(-1).squeeze(-1) : weight;

    private static void AssertSameWeights(Checkpoint expected, Checkpoint actual)
    {
        foreach (var (a, b) in new[] { (expected.UNet, actual.UNet), (expected.Vae, actual.Vae), (expected.TextEncoder, actual.TextEncoder) })
        {
            Assert.Equal(a.Keys.Keys.Order(), b.Keys.Keys.Order());
            var source = b.Weights();
            foreach (var (name, key) in a.Keys)
            {
                using var left = a.File.Read(key).to(ScalarType.Float32);
                using var right = source.Take(name, left.shape, default);
                Assert.True(left.equal(right).all().item<bool>(), name);
            }

            Assert.Equal($"{a.Name}: all weights loaded", source.Report.ToString());
        }
    }

    private static double Sum(CheckpointPart part) => part.Keys.Values.Sum(key =>
    {
        using var scope = NewDisposeScope();
        return part.File.Read(key).to(ScalarType.Float64).sum().item<double>();
    });
}
