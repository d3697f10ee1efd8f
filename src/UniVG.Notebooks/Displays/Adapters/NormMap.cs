using System.Globalization;
using UniVG.Finetuning.Adapters.Operations;
using UniVG.Finetuning.Adapters.Targets;

namespace UniVG.Notebooks.Displays.Adapters;

/// <summary>
/// ‖ΔW‖ by block and kind of layer: the 25 blocks of the UNet as A1111's block weights name them (IN00–IN11, M00, OUT00–OUT11), then
/// the layers of the text encoder (TE00 …). Several layers of one kind in a block count together, as the root of the sum of squares.
/// </summary>
public sealed class NormMap
{
    private const int DownBlocks = 12;
    private const string Other = "other";

    // The last parts of a layer's path, and what the row is called.
    private static readonly (string Ending, string Row)[] Endings =
    [
        ("proj_in", "proj in"),
        ("attn1.to_q", "self-attn q"), ("attn1.to_k", "self-attn k"), ("attn1.to_v", "self-attn v"), ("attn1.to_out.0", "self-attn out"),
        ("self_attn.q_proj", "self-attn q"), ("self_attn.k_proj", "self-attn k"), ("self_attn.v_proj", "self-attn v"), ("self_attn.out_proj", "self-attn out"),
        ("attn2.to_q", "cross-attn q"), ("attn2.to_k", "cross-attn k"), ("attn2.to_v", "cross-attn v"), ("attn2.to_out.0", "cross-attn out"),
        ("ff.net.0.proj", "mlp in"), ("ff.net.2", "mlp out"), ("mlp.fc1", "mlp in"), ("mlp.fc2", "mlp out"),
        ("proj_out", "proj out"),
        ("conv1", "resnet conv 1"), ("conv2", "resnet conv 2"), ("time_emb_proj", "resnet time"), ("conv_shortcut", "resnet skip"), ("s.0.conv", "down/up conv"),
    ];

    private readonly Dictionary<(string Row, string Column), double> _squares = [];

    /// <summary>Sums the norms.</summary>
    public NormMap(IEnumerable<ChangeNorm> norms)
    {
        foreach (var norm in norms)
        {
            var cell = (RowOf(norm.Path), ColumnOf(norm));
            _squares[cell] = _squares.GetValueOrDefault(cell) + (norm.Norm * norm.Norm);
        }

        Rows = [.. Endings.Select(e => e.Row).Append(Other).Distinct().Where(row => _squares.Keys.Any(cell => cell.Row == row))];
        Columns = [.. _squares.Keys.Select(cell => cell.Column).Distinct().OrderBy(Group).ThenBy(column => column, StringComparer.Ordinal)];
        Largest = _squares.Count == 0 ? 0 : Math.Sqrt(_squares.Values.Max());
    }

    /// <summary>The kinds of layers that occur, from the top.</summary>
    public IReadOnlyList<string> Rows { get; }

    /// <summary>The blocks that occur, from the input to the output, then the text encoder's.</summary>
    public IReadOnlyList<string> Columns { get; }

    /// <summary>The largest value.</summary>
    public double Largest { get; }

    /// <summary>The value of a cell; null where nothing is adapted.</summary>
    public double? this[string row, string column] => _squares.TryGetValue((row, column), out var square) ? Math.Sqrt(square) : null;

    /// <summary>The value of a whole block.</summary>
    public double OfBlock(string column) => Math.Sqrt(_squares.Where(cell => cell.Key.Column == column).Sum(cell => cell.Value));

    /// <summary>Which part of the model a block belongs to: 0 the way in, 1 the middle, 2 the way out, 3 the text encoder.</summary>
    public static int Group(string column) => column[0] switch { 'I' => 0, 'M' => 1, 'O' => 2, _ => 3 };

    private static string RowOf(string path) => Endings.FirstOrDefault(e => path.EndsWith(e.Ending, StringComparison.Ordinal)).Row ?? Other;

    private static string ColumnOf(ChangeNorm norm)
    {
        if (norm.IsTextEncoder) return Number("TE", norm.Path.Split('.').Select(part => int.TryParse(part, out var index) ? index : -1).FirstOrDefault(i => i >= 0));
        var block = BlockSizes.IndexOf(norm.Path);
        return block < DownBlocks ? Number("IN", block) : block == DownBlocks ? "M00" : Number("OUT", block - DownBlocks - 1);
    }

    private static string Number(string prefix, int index) => prefix + index.ToString("00", CultureInfo.InvariantCulture);
}
