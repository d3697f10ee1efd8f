using UniVG.Finetuning.Training.Optimizers;
using UniVG.Notebooks.Commands;
using UniVG.Notebooks.Hosting;
using UniVG.Notebooks.Session;

namespace UniVG.Notebooks.Tests.Commands;

/// <summary>Completion, tooltips and marked mistakes; <c>|</c> in a line is the cursor.</summary>
public sealed class EditingHelpTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("univg-help-").FullName;
    private readonly UniVGSession _session = new();
    private readonly CommandRunner _commands;

    public EditingHelpTests() => _commands = new CommandRunner(_session);

    public void Dispose()
    {
        _session.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [InlineData("|", "model", "train", "help")]
    [InlineData("tr|", "train")]
    [InlineData("train |", "--steps", "--detach", "--output")]
    [InlineData("train --st|", "--steps", "--state-minutes")]
    [InlineData("train --steps 3 --scheduler |", "cosine", "constant")]
    [InlineData("train --scheduler=co|", "cosine", "constant")]
    [InlineData("train --optimizer a|", "AdamW", "AdamW8bit", "Adafactor")]
    [InlineData("sample \"two words\" --sampler e|", "euler", "euler_a")]
    [InlineData("model |", "tiny", "--device")]
    [InlineData("model tiny --device c|", "cpu", "cuda")]
    [InlineData("model tiny --schedule u|", "univg")]
    [InlineData("config l|", "lora", "loha")]
    [InlineData("set sched|", "scheduler=")]
    [InlineData("set lr=1 scheduler=co|", "scheduler=cosine")]
    [InlineData("help tr|", "train")]
    [InlineData("synth |", "\"retinal fundus\"")]
    [InlineData("save --precision |", "fp16", "fp32")]
    public void What_may_stand_at_the_cursor_is_proposed(string line, params string[] expected) => Assert.Subset(Texts(line).ToHashSet(), expected.ToHashSet());

    [Theory]
    [InlineData("train --scheduler |", "--steps")]
    [InlineData("train --steps |", "--lr")]
    [InlineData("train --steps 3 --|", "--steps")]
    [InlineData("inspect |", "tiny")]
    [InlineData("nonsense |", "--steps")]
    [InlineData("train --sample-every |", "train")]
    public void What_may_not_stand_there_is_not(string line, string absent) => Assert.DoesNotContain(absent, Texts(line));

    [Fact]
    public void Files_and_folders_are_proposed_where_a_path_may_stand()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "my images"));
        foreach (var name in (string[])["model.safetensors", "model.ckpt", "model.toml", ".hidden.ckpt"]) File.WriteAllText(Path.Combine(_folder, name), "");

        Assert.Equal([$"\"{_folder}/my images/\"", $"{_folder}/model.ckpt", $"{_folder}/model.safetensors"], Texts($"model {_folder}/|"));
        Assert.Equal([$"{_folder}/model.safetensors"], Texts($"load {_folder}/mo|"));
        Assert.Equal([$"\"{_folder}/my images/\""], Texts($"model tiny --tokenizer \"{_folder}/my |"));
        Assert.Equal([$"\"{_folder}/my images/\"", $"{_folder}/model.toml"], Texts($"data {_folder}/|"));
        Assert.Equal([$"{_folder}/.hidden.ckpt"], Texts($"inspect {_folder}/.h|"));
        Assert.Empty(Texts($"model {_folder}/absent/|"));
        Assert.Equal(CompletionKind.Folder, Complete($"evaluate {_folder}/|")[0].Kind);
    }

    [Fact]
    public async Task Adapters_and_trigger_words_of_the_session_are_proposed()
    {
        Assert.DoesNotContain(Texts("sample |"), text => !text.StartsWith("--", StringComparison.Ordinal));
        await RunAsync("model tiny");
        await RunAsync("lora --dim 1");
        await RunAsync("data datasets-sample");

        Assert.Contains(_session.Adapters[0].Name, Texts("scale 0.5 |"));
        Assert.Contains(_session.Adapters[0].Name, Texts("extract out.safetensors --adapter |"));
        Assert.Contains("modality", Texts("sample |"));
    }

    [Theory]
    [InlineData("train --sche|", "--sche")]
    [InlineData("train --scheduler \"co|", "\"co")]
    [InlineData("train --scheduler=co| --steps 3", "co")]
    [InlineData("tr| --steps 3", "tr")]
    public void The_typed_word_is_what_is_replaced(string line, string typed)
    {
        var found = Complete(line)[0];

        Assert.Equal(typed, line.Replace("|", "", StringComparison.Ordinal)[found.Start..found.End]);
    }

    [Theory]
    [InlineData("tra|in --steps 3", "#!univg train [options]", "Example: #!univg train")]
    [InlineData("train --steps 3 |", "#!univg train [options]", "#!univg help train")]
    [InlineData("train --l|r 1e-4", "--lr X", "Learning rate of the UNet.", "Default: 1e-4, Lion 3e-5, Prodigy 1")]
    [InlineData("train --lr 1e|-4", "--lr X", "Learning rate of the UNet.")]
    [InlineData("train --lr=1e|-4", "--lr X")]
    [InlineData("train --sched|uler cosine", "Default: cosine", "Values: ", "cosine_with_restarts")]
    [InlineData("lora --no-c|onv", "--no-conv", "Default: off")]
    [InlineData("data |images", "<folder>", "[repeats]_[trigger word]")]
    [InlineData("sample x --sampler| ddim", "Values: ddim, euler")]
    public void A_tooltip_says_meaning_and_default(string line, params string[] expected)
    {
        var tip = Describe(line);

        Assert.NotNull(tip);
        Assert.All(expected, text => Assert.Contains(text, tip.Text, StringComparison.Ordinal));
        Assert.Contains("**`", tip.Markdown, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("|")]
    [InlineData("nonsense| --steps 3")]
    [InlineData("train --nonsense| 3")]
    public void Of_what_is_not_known_there_is_no_tooltip(string line) => Assert.Null(Describe(line));

    [Theory]
    [InlineData("trian --steps 3", "trian", "did you mean 'train'?")]
    [InlineData("train --stpes 3", "--stpes", "did you mean '--steps'?")]
    [InlineData("train --steps many", "many", "--steps is 'many'; it must be a whole number")]
    [InlineData("train --steps=many", "--steps=many", "whole number")]
    [InlineData("train --scheduler cosin", "cosin", "did you mean 'cosine'?")]
    [InlineData("train --steps", "--steps", "needs a value")]
    [InlineData("train --lr 1 --steps 2 --lr 3", "--lr", "more than once")]
    [InlineData("scale much", "much", "must be a number")]
    [InlineData("inspect nothing-here.safetensors", "nothing-here.safetensors", "nothing-here.safetensors")]
    [InlineData("model tiny --device tpu", "tpu", "must be auto, cpu, cuda")]
    [InlineData("sample \"a b", "\"", "not closed")]
    [InlineData("data", "", "needs a folder")]
    [InlineData("merge", "", "needs an output")]
    [InlineData("data 'my data'", "data'", "double quotes")]
    [InlineData("lora --dim 4 # small", "#", "takes no comment")]
    [InlineData("lora dim=4", "dim=4", "did you mean '--dim 4'?")]
    [InlineData("lora --dim 99999999999", "99999999999", "at least 1 and at most 2147483647")]
    public async Task A_mistake_is_marked_in_the_line(string line, string word, string message)
    {
        var error = await Assert.ThrowsAsync<CommandLineException>(() => RunAsync(line));

        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.Equal(word, line.Substring(error.Start, error.Length));
        var lines = error.Excerpt.Split('\n');
        Assert.Equal($"#!univg {line}", lines[0]);
        Assert.Equal(Math.Max(1, word.Length), lines[1].Count(c => c == '^'));
        Assert.Equal("#!univg ".Length + error.Start, lines[1].IndexOf('^', StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_second_of_two_equal_options_is_the_marked_one() =>
        Assert.Equal("train --lr 1 ".Length, (await Assert.ThrowsAsync<CommandLineException>(() => RunAsync("train --lr 1 --lr 3"))).Start);

    [Fact]
    public async Task Of_a_path_that_was_cut_at_a_space_the_rest_is_marked_though_it_is_the_name_of_the_command() =>
        Assert.Equal("data my ".Length, (await Assert.ThrowsAsync<CommandLineException>(() => RunAsync("data my data"))).Start);

    [Fact]
    public async Task Help_of_a_verb_is_a_table_of_options_meanings_and_defaults()
    {
        var help = await RunAsync("help train");

        Assert.Matches(@"--optimizer \S+ +the rule of the steps.* +AdamW\b", help.Text);
        Assert.Matches("<th scope=\"col\">meaning</th><th scope=\"col\">default</th>", (string)help.Displays[0].Data["text/html"]);
    }

    [Fact]
    public void Commands_are_listed_for_other_hosts()
    {
        Assert.Equal(_commands.Commands.Select(c => c.Name), Texts("|"));
        var train = _commands.Commands.Single(c => c.Name == "train");
        var optimizer = train.Parameters.Single(p => p.Name == "--optimizer");
        Assert.Equal("AdamW", optimizer.Default);
        Assert.Equal(KnownOptimizers.Names, optimizer.Values());
        Assert.Null(train.Parameters.Single(p => p.Name == "--detach").ValueName);
        var folder = _commands.Commands.Single(c => c.Name == "data").Parameters[0];
        Assert.Equal((false, true), (folder.IsOption, folder.IsRequired));
    }

    [Fact]
    public void Every_command_and_parameter_says_what_it_is() => Assert.All(
        _commands.Commands,
        command =>
        {
            Assert.EndsWith(".", command.Description, StringComparison.Ordinal);
            Assert.StartsWith("#!univg " + command.Name, command.Example, StringComparison.Ordinal);
            Assert.All(command.Parameters, p => Assert.True(p.Meaning.Length > 5, $"{command.Name} {p.Name}: '{p.Meaning}'"));
            Assert.All(command.Parameters, p => Assert.False(p.Meaning.StartsWith("default", StringComparison.Ordinal), $"{command.Name} {p.Name}: '{p.Meaning}'"));
        });

    private IReadOnlyList<CommandCompletion> Complete(string line) =>
        _commands.Complete(line.Replace("|", "", StringComparison.Ordinal), line.IndexOf('|', StringComparison.Ordinal));

    private IEnumerable<string> Texts(string line) => Complete(line).Select(c => c.Text);

    private CommandTip? Describe(string line) =>
        _commands.Describe(line.Replace("|", "", StringComparison.Ordinal), line.IndexOf('|', StringComparison.Ordinal));

    private async Task<RecordingHost> RunAsync(string line)
    {
        var host = new RecordingHost();
        await _commands.RunAsync(line, "", host);
        return host;
    }
}
