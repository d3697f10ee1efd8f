using UniVG.TestSupport;

namespace UniVG.Diffusion.Tests.Text;

/// <summary>Files of openai/CLIP that are too large for the repository.</summary>
internal static class ClipFiles
{
    /// <summary>The path of CLIP's vocabulary, in the folder beside the goldens; the running test is skipped where there is none.</summary>
    public static string Vocabulary()
    {
        var path = Goldens.Folder is null ? null : Path.Combine(Goldens.Folder, "..", "clip", "bpe_simple_vocab_16e6.txt.gz");
        Assert.SkipUnless(File.Exists(path), "CLIP's vocabulary is not on this machine");
        return path!;
    }
}
