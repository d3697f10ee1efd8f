namespace UniVG.Notebooks.Hosting;

/// <summary>Something shown below a cell that can be replaced in place.</summary>
public interface IDisplay
{
    /// <summary>Replaces what is shown. May be called from any thread.</summary>
    void Update(MimeBundle content);
}
