namespace UniVG.Notebooks.Hosting;

/// <summary>A host where nobody looks.</summary>
/// <param name="cancellationToken">What stops the work.</param>
internal sealed class UnseenHost(CancellationToken cancellationToken) : INotebookHost
{
    public string Name => "univg";

    public CancellationToken CancellationToken => cancellationToken;

    public IDisplay Display(MimeBundle content) => new Unseen();

    private sealed class Unseen : IDisplay
    {
        public void Update(MimeBundle content)
        {
        }
    }
}
