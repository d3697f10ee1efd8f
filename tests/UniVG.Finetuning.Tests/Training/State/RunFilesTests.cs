using UniVG.Diffusion;
using UniVG.Finetuning.Training.State;

namespace UniVG.Finetuning.Tests.Training.State;

public sealed class RunFilesTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("univg-files-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Names_are_kohyas()
    {
        var files = RunFiles.Of(Path.Combine(_folder, "model_lora.safetensors"));

        Assert.Equal(Path.Combine(_folder, "model_lora-step00000025.safetensors"), files.AdapterAtStep(25));
        Assert.Equal(Path.Combine(_folder, "model_lora-step00000025-state"), files.StateAtStep(25));
        Assert.Equal(Path.Combine(_folder, "model_lora-000003.safetensors"), files.AdapterAtEpoch(3));
        Assert.Equal(Path.Combine(_folder, "model_lora-000003-state"), files.StateAtEpoch(3));
    }

    [Theory]
    [InlineData("a.safetensors", true)]
    [InlineData("a-step00000025.safetensors", true)]
    [InlineData("a-000002-state", true)]
    [InlineData("a-state", true)]
    [InlineData("a-b-step00000025.safetensors", false)]
    [InlineData("ab.safetensors", false)]
    [InlineData("a.toml", false)]
    public void Only_a_name_with_adapters_or_states_is_taken(string file, bool isTaken)
    {
        File.WriteAllText(Path.Combine(_folder, file), "");
        var files = new RunFiles(_folder, "a");

        if (isTaken) Assert.Contains(file, Assert.Throws<UniVGException>(() => files.RequireFree()).Message, StringComparison.Ordinal);
        else files.RequireFree();
    }
}
