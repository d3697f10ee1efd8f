using UniVG.Diffusion;
using UniVG.Finetuning.Adapters;
using UniVG.Finetuning.Adapters.Files;
using UniVG.Notebooks.Session;

namespace UniVG.Notebooks.Exploration;

/// <summary>Lets one adapter act alone in a session's model until it is disposed; then those that acted before act again.</summary>
internal sealed class SoloAdapter : IDisposable
{
    private readonly IDisposable _others;
    private readonly AdapterNetwork? _read;

    private SoloAdapter(UniVGSession session, AdapterNetwork? read) => (_others, _read) = (session.Adapters.ScaledBy(0), read);

    /// <summary>The model without any adapter.</summary>
    public static SoloAdapter None(UniVGSession session) => new(session, read: null);

    /// <summary>The session's own adapter, as it is now.</summary>
    public static SoloAdapter Own(UniVGSession session, double scale)
    {
        var own = session.RequireAdapter();
        var solo = new SoloAdapter(session, read: null);
        own.Multiplier = scale;
        return solo;
    }

    /// <summary>The adapter of a file.</summary>
    /// <exception cref="UniVGException">It cannot be read, or does not fit the model.</exception>
    public static SoloAdapter OfFile(UniVGSession session, string path, double scale)
    {
        var network = ModelParts.ReadAdapter(session.RequireModel(), path, new AdapterLoadOptions { Multiplier = scale });
        network.Freeze();
        network.Attach();
        return new SoloAdapter(session, network);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _read?.Dispose();
        _others.Dispose();
    }
}
