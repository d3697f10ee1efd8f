namespace UniVG.Notebooks.Displays.Images;

/// <summary>How a grid of pictures is laid out.</summary>
public sealed record ImageGridOptions
{
    private const int PicturesAtFullBudget = 12;

    /// <summary>Above the grid; none by default.</summary>
    public string? Title { get; init; }

    /// <summary>Pictures in a row; 0 (default) takes as many column titles as there are, else as many pictures as fit.</summary>
    public int Columns { get; init; }

    /// <summary>A heading over each column, as in an X/Y grid; empty by default.</summary>
    public IReadOnlyList<string> ColumnTitles { get; init; } = [];

    /// <summary>A heading left of each row; empty by default.</summary>
    public IReadOnlyList<string> RowTitles { get; init; } = [];

    /// <summary>
    /// The longest side in pixels at which pictures are kept in the notebook, default 384: larger ones are scaled down and stored as
    /// JPEG, so that a notebook with hundreds of samples stays small (the full pictures are files).
    /// </summary>
    public int EmbeddedSide { get; init; } = 384;

    /// <summary>Whether small pictures are stored as JPEG too, at a quarter of the size; default false.</summary>
    public bool Lossy { get; init; }

    /// <summary>
    /// How many characters a picture may add to the notebook, default 40,000; beyond a dozen pictures they share the budget of twelve.
    /// One that needs more is stored as JPEG, at lower quality and then smaller, until it fits.
    /// </summary>
    public int PictureBudget { get; init; } = 40_000;

    /// <summary>Whether the bundle also carries the grid as one PNG for viewers without HTML; default true.</summary>
    public bool WithPicture { get; init; } = true;

    /// <summary>The budget of each of so many pictures.</summary>
    internal int BudgetOf(int pictures) => pictures <= PicturesAtFullBudget ? PictureBudget : (int)((long)PictureBudget * PicturesAtFullBudget / pictures);
}
