using System.Text;
using UniVG.Diffusion.Images;
using UniVG.Notebooks.Commands;
using UniVG.Notebooks.Session;
using UniVG.Notebooks.Tests.Commands;
using UniVG.Notebooks.Tests.Displays;

namespace UniVG.Notebooks.Tests.Training;

/// <summary>Samples as files beside a run, from commands on the embedded model.</summary>
public sealed class SampleFilesTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("univg samples ").FullName;
    private readonly UniVGSession _session = new();
    private readonly CommandRunner _commands;

    public SampleFilesTests()
    {
        _commands = new CommandRunner(_session);
        var concept = Directory.CreateDirectory(Path.Combine(_folder, "data", "2_modality")).FullName;
        for (var i = 0; i < 2; i++) ImageFile.SavePng(TestPictures.Of(64, 64, i), Path.Combine(concept, $"{i}.png"));
    }

    private string Samples => Path.Combine(_folder, "output", "sample");

    public void Dispose()
    {
        _session.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Samples_are_png_files_with_their_parameters_and_the_notebook_links_to_them()
    {
        await TrainAsync("--sample-every 1");

        var host = await RunAsync("sample \"modality, (fine:1.2)\" --negative blurred --count 2 --steps 2 --seed 7 --sampler euler_a --compare");
        await RunAsync("sample modality --count 1 --steps 2 --seed 7");

        Assert.Equal(
            [
                "run-00001-seed7.png", "run-00001-seed8.png", "run-00002-seed7.png",
                .. Enumerable.Range(1, 2).SelectMany(step => Enumerable.Range(0, 4).Select(seed => $"run-step0000000{step}-seed{seed}.png")),
                "univg-tiny-00001-seed7.png", "univg-tiny-00001-seed8.png",
            ],
            Directory.GetFiles(Samples).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        var file = await File.ReadAllBytesAsync(Path.Combine(Samples, "run-00001-seed8.png"), TestContext.Current.CancellationToken);
        Assert.Contains(
            "tEXtparameters\0modality, (fine:1.2)\nNegative prompt: blurred\n"
            + "Steps: 2, Sampler: Euler a, CFG scale: 3, Seed: 8, Size: 64x64, Model: univg-tiny, Adapters: lora 1, Adapter step: 2",
            Encoding.Latin1.GetString(file), StringComparison.Ordinal);
        var links = MarkupAssert.WellFormed(host.Displays[^1]).Descendants("a").Select(link => link.Attribute("href")!.Value).ToList();
        Assert.Equal(4, links.Count);
        Assert.All(links, link => Assert.True(File.Exists(Path.Combine(host.NotebookFolder, Uri.UnescapeDataString(link))), link));
        Assert.All(links, link => Assert.DoesNotContain(' ', link));
    }

    [Fact]
    public async Task Where_no_file_can_be_written_the_samples_are_shown_all_the_same()
    {
        await TrainAsync("");
        await File.WriteAllTextAsync(Samples, "in the way", TestContext.Current.CancellationToken);

        var host = await RunAsync("sample modality --count 1 --steps 2");

        Assert.Single(MarkupAssert.WellFormed(host.Displays[0]).Descendants("img"));
        Assert.StartsWith("The samples could not be written to", host.Displays[1].PlainText, StringComparison.Ordinal);
    }

    private async Task TrainAsync(string options)
    {
        await RunAsync("model tiny");
        await RunAsync($"data \"{Path.Combine(_folder, "data")}\"");
        await RunAsync("lora --dim 1 --no-conv");
        await RunAsync($"train --steps 2 --batch 1 {options} --name run --output \"{Path.Combine(_folder, "output")}\"");
    }

    private async Task<RecordingHost> RunAsync(string line)
    {
        var host = new RecordingHost { NotebookFolder = Path.Combine(_folder, "notebooks") };
        await _commands.RunAsync(line, "", host);
        return host;
    }
}
