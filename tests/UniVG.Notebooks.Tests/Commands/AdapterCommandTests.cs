using UniVG.Diffusion;
using UniVG.Diffusion.Checkpoints;
using UniVG.Diffusion.Images;
using UniVG.Finetuning.Adapters.Files;
using UniVG.Finetuning.Adapters;
using UniVG.Finetuning.Adapters.Loha;
using UniVG.Finetuning.Adapters.Lora;
using UniVG.Notebooks.Commands;
using UniVG.Notebooks.Session;
using UniVG.TestSupport;
using static TorchSharp.torch;

namespace UniVG.Notebooks.Tests.Commands;

/// <summary>Adapter files by commands: several at once, strengths, and files made of files.</summary>
public sealed class AdapterCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("univg-adapters-").FullName;
    private readonly UniVGSession _session = new();
    private readonly CommandRunner _commands;

    public AdapterCommandTests() => _commands = new CommandRunner(_session);

    public void Dispose()
    {
        _session.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Several_adapters_act_together_with_their_scales_and_leave_singly()
    {
        await RunAsync("model tiny");
        var plain = Output();
        var (first, second) = (Write("one", new LoraConfig { Dim = 2, ConvDim = 0 }, seed: 1), Write("two", new LohaConfig { Dim = 2, ConvDim = 1 }, seed: 2));

        await RunAsync($"load \"{first}\"");
        var one = Output();
        var host = await RunAsync($"load \"{second}\" --add --scale -0.5");
        Assert.Contains("frozen", host.Text, StringComparison.Ordinal);
        Assert.Equal([("one", 1, true), ("two", -0.5, false)], _session.Adapters.Select(a => (a.Name, a.Scale, a.IsOwn)));
        var both = Output();
        Assert.False(TensorAssert.HaveSameBits(one, both));

        await RunAsync("scale 0 two");
        Assert.True(TensorAssert.HaveSameBits(one, Output()));
        await RunAsync("scale -0.5 two");
        Assert.True(TensorAssert.HaveSameBits(both, Output()));
        Assert.Contains("LoHA dim 2", (await RunAsync("")).Text, StringComparison.Ordinal);

        Assert.Contains("one, two", await FaultAsync("scale 0.5"), StringComparison.Ordinal);
        Assert.Contains("did you mean", await FaultAsync("detach tow"), StringComparison.OrdinalIgnoreCase);
        Assert.Contains("attached already as 'two'", await FaultAsync($"load \"{second}\" --add"), StringComparison.Ordinal);
        await RunAsync("detach one");
        Assert.Null(_session.Adapter);
        await RunAsync("scale 0");
        Assert.True(TensorAssert.HaveSameBits(plain, Output()));
        await RunAsync("detach");
        Assert.All(_session.Model!.Pipeline.UNet.Weights.Layers, layer => Assert.Null(layer.Adapter));
        Assert.Contains("#!univg load", await FaultAsync("detach"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("load FILE")]
    [InlineData("load FILE --add")]
    public async Task File_that_cannot_be_loaded_leaves_the_present_adapter_as_it_is(string line)
    {
        await RunAsync("model tiny");
        await RunAsync($"load \"{Write("good", new LoraConfig { Dim = 2 }, seed: 1)}\" --scale 0.7");
        var (adapter, output) = (_session.Adapter, Output());
        var broken = Path.Combine(_folder, "broken.safetensors");
        using (var network = Network(new LoraConfig { Dim = 2 }, seed: 2))
        {
            // The last adapter lacks a half, so all others have been read before.
            var tensors = network.NamedTensors().Where(t => t.Name != network.Adapters[^1].Name + ".lora_up.weight").ToDictionary(t => t.Name, t => t.Tensor);
            SafetensorsWriter.Write(broken, tensors);
        }

        Assert.Contains("lacks", await FaultAsync(line.Replace("FILE", $"\"{broken}\"", StringComparison.Ordinal)), StringComparison.Ordinal);
        Assert.Contains("no/such", await FaultAsync(line.Replace("FILE", "no/such.safetensors", StringComparison.Ordinal)), StringComparison.Ordinal);

        Assert.Same(adapter, _session.Adapter);
        Assert.Single(_session.Adapters);
        Assert.True(TensorAssert.HaveSameBits(output, Output()));
    }

    [Fact]
    public async Task Fresh_adapter_that_does_not_fit_leaves_the_present_one()
    {
        await RunAsync("model tiny");
        await RunAsync("lora --dim 2");
        var adapter = _session.Adapter;

        Assert.Contains("higher rank", await FaultAsync("lora --dim 1000"), StringComparison.Ordinal);
        Assert.Contains("25", await FaultAsync("lora --block-dims 1,2"), StringComparison.Ordinal);
        Assert.Contains("'x'", await FaultAsync("lora --block-dims 1,x"), StringComparison.Ordinal);

        Assert.Same(adapter, _session.Adapter);
        await RunAsync($"lora --block-dims {string.Join(',', Enumerable.Range(0, 25).Select(i => i == 12 ? 0 : 3))} --conv-dim 2");
        Assert.DoesNotContain(_session.Adapter!.Adapters, a => a.Layer.Path.StartsWith("mid_block.attentions", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Run_trains_its_own_adapter_beside_a_frozen_one_and_saves_that_alone()
    {
        await RunAsync("model tiny");
        await RunAsync($"data \"{Dataset()}\"");
        await RunAsync("lora --dim 2 --conv-dim 1 --dora");
        await RunAsync($"load \"{Write("style", new LohaConfig { Dim = 2, ConvDim = 1 }, seed: 1)}\" --add --scale 0.5");
        var frozen = _session.Adapters[1].Network;
        var before = frozen.Adapters.SelectMany(a => a.Parameters).Select(p => p.Tensor.detach().clone()).ToList();

        await RunAsync($"step 2 --steps 3 --lr 1e-2 --output \"{_folder}/output\"");
        Assert.Contains("2 steps that are not saved", await FaultAsync("detach lora"), StringComparison.Ordinal);
        Assert.Contains("--discard", await FaultAsync($"load \"{Write("other", new LoraConfig { Dim = 2 }, seed: 1)}\""), StringComparison.Ordinal);
        Assert.Equal(2, _session.Run!.Step);
        var saved = await RunAsync("save");

        Assert.Contains("'style', which acts beside it, is not in the file", saved.Text, StringComparison.Ordinal);
        Assert.All(before.Zip(frozen.Adapters.SelectMany(a => a.Parameters)), pair => Assert.True(TensorAssert.HaveSameBits(pair.First, pair.Second.Tensor)));
        using (var file = SafetensorsFile.Open(Path.Combine(_folder, "output", "model_lora.safetensors")))
        {
            Assert.All(file.Names, name => Assert.Matches(@"\.(alpha|dora_scale|lora_(up|down)\.weight)$", name));
            Assert.Contains("\"dora_wd\": \"True\"", file.Metadata["ss_network_args"], StringComparison.Ordinal);
        }

        // Another run begins with a fresh adapter and keeps the frozen one.
        await RunAsync("lora --dim 2");
        Assert.Equal(["lora", "style"], _session.Adapters.Select(a => a.Name));
        await RunAsync("detach lora --discard");
        Assert.Null(_session.Run);
    }

    [Fact]
    public async Task Run_of_a_loaded_adapter_begins_again_with_its_file()
    {
        await RunAsync("model tiny");
        await RunAsync($"data \"{Dataset()}\"");
        var file = Write("begun", new LoraConfig { Dim = 2, ConvDim = 0 }, seed: 1);
        await RunAsync($"load \"{file}\" --scale 0.5");
        await RunAsync($"train --steps 2 --lr 1e-2 --output \"{_folder}/output\" --name first");
        await RunAsync($"train --steps 2 --lr 1e-2 --output \"{_folder}/output\" --name second");
        Assert.Equal(0.5, _session.Adapters.Single().Scale);
        await RunAsync("fork lr=1e-2 --from-start");
        await RunAsync("train");

        var trained = Data("first");
        Assert.Equal(trained, Data("second"));
        Assert.Equal(trained, Data("second-fork1"));
        Assert.Equal("begun", _session.Adapters.Single().Name);

        // Where the file is another by then, there is no telling what the start was.
        var (adapter, step) = (_session.Adapter, _session.Run!.Step);
        Write("begun", new LoraConfig { Dim = 3, ConvDim = 0 }, seed: 2);
        Assert.Contains("has changed since", await FaultAsync($"train --steps 2 --output \"{_folder}/output\" --name third"), StringComparison.Ordinal);
        Assert.Same(adapter, _session.Adapter);
        Assert.Equal(step, _session.Run!.Step);

        string Data(string name)
        {
            using var saved = SafetensorsFile.Open(Path.Combine(_folder, "output", name + ".safetensors"));
            return string.Join('\n', saved.Names.Select(key => key + Convert.ToHexString(saved.Read(key).bytes)));
        }
    }

    [Fact]
    public async Task Configuration_with_other_adapters_is_applied_again_and_wholly_or_not_at_all()
    {
        await RunAsync("model tiny");
        var style = Write("style", new LohaConfig { Dim = 2, ConvDim = 1 }, seed: 1);
        string Configuration(int dim, string others) => $"network_module = \"networks.lora\"\nnetwork_dim = {dim}\nbase_weights = [{others}]\nbase_weights_multiplier = [0.5]\n";
        await RunAsync("config", body: Configuration(2, $"\"{style}\""));
        await RunAsync("scale 2 style");

        await RunAsync("config", body: Configuration(3, $"\"{style}\""));
        Assert.Equal([("lora", 1, true), ("style", 0.5, false)], _session.Adapters.Select(a => (a.Name, a.Scale, a.IsOwn)));

        var (own, other, applied) = (_session.Adapter, _session.Adapters[1], _session.Configuration);
        var broken = Path.Combine(_folder, "broken.safetensors");
        File.WriteAllText(broken, "no adapter");
        await FaultAsync("config", body: Configuration(4, $"\"{style}\", \"{broken}\""));
        Assert.Same(own, _session.Adapter);
        Assert.Same(other, _session.Adapters[1]);
        Assert.Same(applied, _session.Configuration);

        Assert.Throws<UniVGException>(() => _session.AddAdapter(Write("two", new LoraConfig { Dim = 2 }, seed: 2), new AdapterLoadOptions { Multiplier = double.NaN }));
        Assert.Equal(2, _session.Adapters.Count);
    }

    [Fact]
    public async Task Saved_file_gets_the_ending_that_tools_know_it_by()
    {
        await RunAsync("model tiny");
        await RunAsync($"data \"{Dataset()}\"");
        await RunAsync("lora --dim 2 --no-conv");
        await RunAsync($"step 1 --output \"{_folder}/output\"");

        var saved = await RunAsync($"save \"{_folder}/mine.v2\"");

        Assert.Contains("mine.v2.safetensors", saved.Text, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(_folder, "mine.v2.safetensors")));
        Assert.Equal("--scale is 'abc'; it must be a number.", await FaultAsync($"load \"{_folder}/mine.v2.safetensors\" --scale abc"));
    }

    [Fact]
    public async Task Merge_bakes_in_all_adapters_at_their_scales()
    {
        await RunAsync("model tiny");
        await RunAsync($"load \"{Write("one", new LoraConfig { Dim = 2 }, seed: 1)}\" --scale 0.8");
        await RunAsync($"load \"{Write("two", new LohaConfig { Dim = 2, ConvDim = 1 }, seed: 2)}\" --add --scale -0.5");
        var adapted = Output();
        var merged = Path.Combine(_folder, "merged.safetensors");

        var host = await RunAsync($"merge \"{merged}\"");
        Assert.Contains("two at strength -0.5", host.Text, StringComparison.Ordinal);
        Assert.Contains("exists already", await FaultAsync($"merge \"{merged}\""), StringComparison.Ordinal);
        await RunAsync($"model \"{merged}\" --tokenizer \"{ModelLoader.TinyFolder}/tokenizer\"");

        TensorAssert.Close(adapted, Output(), 2e-2); // the file is fp16
    }

    [Fact]
    public async Task Fine_tuned_model_becomes_a_LoRA_that_shows_what_it_lost()
    {
        await RunAsync("model tiny");
        await RunAsync($"load \"{Write("one", new LoraConfig { Dim = 2, ConvDim = 2, ConvAlpha = 2, Alpha = 2 }, seed: 1, size: 0.3)}\"");
        var adapted = Output();
        var (merged, extracted) = (Path.Combine(_folder, "merged.safetensors"), Path.Combine(_folder, "extracted.safetensors"));
        await RunAsync($"merge \"{merged}\"");
        await RunAsync("detach");

        var host = await RunAsync($"extract \"{extracted}\" --tuned \"{merged}\" --dim 2 --conv-dim 2");

        Assert.Matches(@"lost +\d+(\.\d+)? % of the change", host.Text);
        Assert.Contains("worst layer", host.Text, StringComparison.Ordinal);
        await RunAsync($"load \"{extracted}\"");
        TensorAssert.Close(adapted, Output(), 5e-2);
        Assert.Contains("exclude", await FaultAsync($"extract \"{extracted}\" --tuned \"{merged}\" --adapter x"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Files_are_resized_converted_and_inspected_without_a_model()
    {
        await RunAsync("model tiny");
        var loha = Write("loha", new LohaConfig { Dim = 2, ConvDim = 1 }, seed: 1);
        var fresh = new UniVGSession();
        using var _ = fresh;
        var commands = new CommandRunner(fresh);
        var (small, peft) = (Path.Combine(_folder, "small.safetensors"), Path.Combine(_folder, "peft"));

        Assert.Contains("worst layer", (await RunAsync($"resize \"{loha}\" \"{small}\" --dim 2 --conv-dim 1", commands)).Text, StringComparison.Ordinal);
        await RunAsync($"resize \"{loha}\" \"{small}\" --dynamic-method sv_fro --dynamic-param 0.9 --overwrite", commands);
        Assert.Contains("extract a LoRA first", await FaultAsync($"convert \"{loha}\" \"{_folder}/x.safetensors\" --to diffusers", commands), StringComparison.Ordinal);
        await RunAsync($"convert \"{small}\" \"{_folder}/diffusers.safetensors\" --to diffusers", commands);
        await RunAsync($"convert \"{loha}\" \"{peft}\" --to peft", commands);
        Assert.Contains("--overwrite", await FaultAsync($"convert \"{loha}\" \"{peft}\" --to peft", commands), StringComparison.Ordinal);
        Assert.Contains(".safetensors", await FaultAsync($"resize \"{loha}\" \"{_folder}/x.bin\"", commands), StringComparison.Ordinal);

        await RunAsync($"load \"{_folder}/diffusers.safetensors\"");
        await RunAsync($"load \"{peft}\" --add");
        Assert.Equal(["lora", "loha"], _session.Adapters.Select(a => a.Network.Config.Kind));
        var shown = await RunAsync($"inspect \"{peft}\"", commands);
        Assert.Contains("LoHA", shown.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Inspection_shows_facts_words_and_a_heat_map()
    {
        await RunAsync("model tiny");
        var path = Write("one", new LoraConfig { Dim = 3, Alpha = 1.5, ConvDim = 2 }, seed: 1);

        var host = await RunAsync($"inspect \"{path}\"");

        Assert.All(["LoRA", "3 (alpha 1.5)", "vessel", "steps", "1234", "‖ΔW‖ is largest in"], part => Assert.Contains(part, host.Text, StringComparison.Ordinal));
        var bundle = host.Displays.Single();
        Assert.Equal([0x89, (byte)'P', (byte)'N', (byte)'G'], ((byte[])bundle.Data["image/png"])[..4]);
        Assert.Contains("data:image/png;base64,", (string)bundle.Data["text/html"], StringComparison.Ordinal);
    }

    private Tensor Output()
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using var generator = new Generator(3);
        var pipeline = _session.Model!.Pipeline;
        var context = pipeline.TextEncoder.Forward(arange(77, ScalarType.Int64).unsqueeze(0));
        return pipeline.UNet.Forward(randn([1, 4, 8, 8], generator: generator), tensor(new long[] { 400 }), context).MoveToOuterDisposeScope();
    }

    private AdapterNetwork Network(AdapterConfig config, int seed, double size = 0.1)
    {
        var pipeline = _session.Model!.Pipeline;
        var network = AdapterNetwork.Create(config, pipeline.UNet.Weights.Layers, pipeline.TextEncoder.Weights.Layers, seed);
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using var generator = new Generator((ulong)seed);
        foreach (var (_, tensor) in network.Adapters.SelectMany(a => a.Parameters)) tensor.copy_(randn(tensor.shape, generator: generator).mul_(size));
        return network;
    }

    private string Write(string name, AdapterConfig config, int seed, double size = 0.1)
    {
        var path = Path.Combine(_folder, name + ".safetensors");
        using var network = Network(config, seed, size);
        AdapterFile.Save(network, path, ScalarType.Float32, new Dictionary<string, string>
        {
            ["ss_steps"] = "1234",
            ["ss_tag_frequency"] = """{"vessel": {"vessel": 5}}""",
        });
        return path;
    }

    private string Dataset()
    {
        var concept = Directory.CreateDirectory(Path.Combine(_folder, "dataset", "10_modality")).FullName;
        for (var i = 0; i < 2; i++) ImageFile.SavePng(new RgbImage(64, 64), Path.Combine(concept, $"{i}.png"));
        return Path.GetDirectoryName(concept)!;
    }

    private async Task<RecordingHost> RunAsync(string line, CommandRunner? commands = null, string body = "")
    {
        var host = new RecordingHost();
        await (commands ?? _commands).RunAsync(line, body, host);
        return host;
    }

    private async Task<string> FaultAsync(string line, CommandRunner? commands = null, string body = "")
    {
        var message = (await Assert.ThrowsAnyAsync<UniVGException>(() => RunAsync(line, commands, body))).Message;
        Assert.DoesNotContain('\n', message);
        return message;
    }
}
