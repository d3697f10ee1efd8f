using UniVG.Notebooks.Hosting;

namespace UniVG.Kernel.Execution;

/// <summary>Where one cell's output goes: to a Jupyter client, or into the notebook that the runner writes. All members are thread-safe.</summary>
internal interface ICellOutput
{
    /// <summary>Text the cell wrote to a standard stream.</summary>
    void Write(StandardStream stream, string text);

    /// <summary>Shows something new below the cell.</summary>
    void Show(MimeBundle content, string displayId);

    /// <summary>Replaces everything that was shown under this id, in whichever cell.</summary>
    void Update(MimeBundle content, string displayId);

    /// <summary>Removes the cell's output: at once, or when the next output arrives.</summary>
    void Clear(bool wait);

    /// <summary>Asks the user for a line of text.</summary>
    /// <exception cref="UniVG.Diffusion.UniVGException">There is nobody to ask.</exception>
    string Ask(string prompt, bool isPassword);
}
