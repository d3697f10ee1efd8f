using UniVG.Finetuning.Synthesis;

namespace UniVG.Finetuning.Tests.Synthesis;

public sealed class SampleDatasetTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("univg-sample-").FullName;

    [Fact]
    public void The_committed_data_set_is_what_the_command_writes()
    {
        var committed = CommittedFolder();
        Assert.SkipUnless(committed is not null, "the sample dataset lies in the repository only");

        SampleDataset.Write(_folder);

        var written = Path.Combine(_folder, "10_modality");
        Assert.Equal(Names(written), Names(committed!));
        Assert.All(Names(written), name => Assert.Equal(
            File.ReadAllBytes(Path.Combine(written, name)), File.ReadAllBytes(Path.Combine(committed!, name))));
    }

    [Fact]
    public void A_few_pictures_have_captions_with_the_trigger_word()
    {
        SampleDataset.Write(_folder);

        var captions = Directory.GetFiles(_folder, "*.txt", SearchOption.AllDirectories);
        Assert.Equal(4, captions.Length);
        Assert.All(captions, file => Assert.Matches("^modality, (sparse|medium|dense) (thin|thick) vessels\n$", File.ReadAllText(file)));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static string[] Names(string folder) => [.. Directory.GetFiles(folder).Select(f => Path.GetFileName(f)).Order()];

    private static string? CommittedFolder()
    {
        for (var folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            var candidate = Path.Combine(folder, "datasets-sample", "10_modality");
            if (Directory.Exists(candidate)) return candidate;
        }

        return null;
    }
}
