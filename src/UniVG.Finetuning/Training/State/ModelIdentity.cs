using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using UniVG.Diffusion;

namespace UniVG.Finetuning.Training.State;

/// <summary>What tells a base model from others: a run can only go on with the very model that it began with.</summary>
/// <param name="Name">The model's short name.</param>
/// <param name="Hash">SHA-256 over the file, or over all files of a folder, lower-case hex; another VAE's file counts too.</param>
/// <param name="Schedule">First and last beta.</param>
public sealed record ModelIdentity(string Name, string Hash, string Schedule)
{
    /// <summary>Identifies a loaded model; its files are read once as long as they do not change.</summary>
    /// <exception cref="UniVGException">A file cannot be read any more.</exception>
    public static ModelIdentity Of(LoadedModel model)
    {
        var schedule = model.Pipeline.Schedule;
        var hash = HashOf(model.Path);
        if (model.Options.VaePath is { } vae) hash = Combine([hash, HashOf(vae)]);
        return new ModelIdentity(
            model.Name, hash, string.Create(CultureInfo.InvariantCulture, $"{schedule.BetaStart},{schedule.BetaEnd}"));
    }

    /// <summary>Makes sure that this is the model of a state.</summary>
    /// <exception cref="UniVGException">It is another one.</exception>
    public void RequireSame(ModelIdentity expected)
    {
        if (Hash != expected.Hash)
        {
            throw new UniVGException(
                $"The run was trained on the model {expected.Name} (SHA-256 {expected.Hash[..12]}…), and {Name} ({Hash[..12]}…) is loaded; load that one to continue the run.");
        }

        if (Schedule != expected.Schedule)
        {
            throw new UniVGException(
                $"The run was trained with the noise schedule {expected.Schedule}, and the model is loaded with {Schedule}; load it with --schedule {expected.Schedule}.");
        }
    }

    private static string HashOf(string path)
    {
        if (!Directory.Exists(path))
            return ModelFileHash.Of(path)?.New ?? throw new UniVGException($"The model's file '{path}' cannot be read any more; put it back.");
        var files = Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal);
        return Combine(files.SelectMany(file => (string[])[Path.GetRelativePath(path, file).Replace('\\', '/'), HashOf(file)]));
    }

    private static string Combine(IEnumerable<string> parts) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', parts))));
}
