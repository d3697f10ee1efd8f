namespace UniVG.Notebooks.Displays;

/// <summary>A column of a <see cref="Table"/>.</summary>
/// <param name="Title">Its heading.</param>
/// <param name="Numeric">Whether its values are numbers, set flush right.</param>
public sealed record TableColumn(string Title, bool Numeric = false);
