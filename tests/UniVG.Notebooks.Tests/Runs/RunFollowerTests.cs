using System.Text;
using UniVG.Finetuning.Training.State;
using UniVG.Notebooks.Displays;
using UniVG.Notebooks.Runs;

namespace UniVG.Notebooks.Tests.Runs;

public sealed class RunFollowerTests : IDisposable
{
    private readonly string _output = Directory.CreateTempSubdirectory("univg-follow-").FullName;

    public void Dispose() => Directory.Delete(_output, recursive: true);

    [Fact]
    public void A_line_that_is_half_written_is_read_when_it_is_whole()
    {
        var folder = RunFolder.Create(new RunFiles(_output, "x"));
        WorkerProcess.Current.TakeOver(folder);
        var line = Encoding.UTF8.GetBytes("""{"kind":"ended","status":"stopped","text":"fünf"}""" + "\n");
        var middleOfLetter = Array.IndexOf(line, (byte)0xC3) + 1;
        var follower = new RunFollower(folder);

        Append(folder, line[..middleOfLetter]);
        follower.Look();
        Assert.Equal(TrainingStatus.Running, follower.Status);

        Append(folder, line[middleOfLetter..]);
        follower.Look();
        Assert.Equal((TrainingStatus.Stopped, "fünf"), (follower.Status, follower.Note));
    }

    private static void Append(RunFolder folder, byte[] bytes)
    {
        using var file = new FileStream(folder.EventFile, FileMode.Append);
        file.Write(bytes);
    }
}
