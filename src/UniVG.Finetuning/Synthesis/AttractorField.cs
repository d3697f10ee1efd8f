using System.Numerics;
using UniVG.Diffusion;

namespace UniVG.Finetuning.Synthesis;

/// <summary>
/// The attractors of a growth, each with the nearest node seen so far. Attractors never move, so they are hashed into a grid
/// once; a new node then only visits those within its reach, and no step scans attractors × nodes.
/// </summary>
internal sealed class AttractorField
{
    private readonly Vector2[] _positions;
    private readonly bool[] _spent;
    private readonly int[] _nearest;
    private readonly float[] _nearestDistance;
    private readonly int[][] _cells;
    private readonly int _columns;
    private readonly float _cellSize;
    private readonly float _origin;
    private readonly float _attraction2;
    private readonly float _kill2;

    public AttractorField(GrowthOptions options, SeededRandom random)
    {
        _positions = Place(options, random);
        _spent = new bool[_positions.Length];
        _nearest = new int[_positions.Length];
        _nearestDistance = new float[_positions.Length];
        Array.Fill(_nearest, -1);
        Array.Fill(_nearestDistance, float.PositiveInfinity);
        _attraction2 = options.AttractionDistance * options.AttractionDistance;
        _kill2 = options.KillDistance * options.KillDistance;

        _cellSize = options.AttractionDistance;
        _origin = -options.Margin;
        _columns = (int)MathF.Ceiling((options.CanvasSize + (2 * options.Margin)) / _cellSize);
        _cells = HashIntoCells();
    }

    /// <summary>Number of attractors placed, spent ones included.</summary>
    public int Count => _positions.Length;

    /// <summary>Where an attractor is.</summary>
    public Vector2 PositionOf(int attractor) => _positions[attractor];

    /// <summary>The node that an attractor pulls: the nearest one in reach, or −1 (none in reach, or spent).</summary>
    public int PulledNode(int attractor) => _spent[attractor] ? -1 : _nearest[attractor];

    /// <summary>Lets go of the node that an attractor pulls, so that a later node can be pulled instead.</summary>
    public void Release(int attractor) => (_nearest[attractor], _nearestDistance[attractor]) = (-1, float.PositiveInfinity);

    /// <summary>Lets the attractors see a new node: the near ones are spent, those in reach may turn to it.</summary>
    /// <returns>Whether any attractor pulls the node now.</returns>
    public bool Meet(int node, Vector2 position)
    {
        var met = false;
        var column = (int)MathF.Floor((position.X - _origin) / _cellSize);
        var row = (int)MathF.Floor((position.Y - _origin) / _cellSize);
        for (var r = Math.Max(row - 1, 0); r <= Math.Min(row + 1, _columns - 1); r++)
        for (var c = Math.Max(column - 1, 0); c <= Math.Min(column + 1, _columns - 1); c++)
        {
            foreach (var attractor in _cells[(r * _columns) + c]) met |= Meet(node, position, attractor);
        }

        return met;
    }

    /// <summary>The attractor nearest to a point, wherever it is; −1 when there is none left.</summary>
    public int FindNearest(Vector2 point)
    {
        var (best, bestDistance) = (-1, float.PositiveInfinity);
        for (var a = 0; a < _positions.Length; a++)
        {
            var distance = Vector2.DistanceSquared(point, _positions[a]);
            if (_spent[a] || distance >= bestDistance) continue;
            (best, bestDistance) = (a, distance);
        }

        return best;
    }

    private bool Meet(int node, Vector2 position, int attractor)
    {
        var distance = Vector2.DistanceSquared(position, _positions[attractor]);
        if (distance > _attraction2) return false;
        if (distance < _kill2) _spent[attractor] = true;
        if (_spent[attractor] || distance >= _nearestDistance[attractor]) return false;
        (_nearest[attractor], _nearestDistance[attractor]) = (node, distance);
        return true;
    }

    // One attractor at a random place of each cell of a coarse grid: even coverage without visible rows.
    private static Vector2[] Place(GrowthOptions options, SeededRandom random)
    {
        var side = options.CanvasSize + (2 * options.Margin);
        var perRow = Math.Max(1, (int)MathF.Round(MathF.Sqrt(options.Attractors)));
        var step = side / perRow;
        var positions = new List<Vector2>(perRow * perRow);
        for (var row = 0; row < perRow; row++)
        for (var column = 0; column < perRow; column++)
        {
            var x = ((column + random.NextFloat()) * step) - options.Margin;
            var y = ((row + random.NextFloat()) * step) - options.Margin;
            var point = new Vector2(x, y);
            if (options.Region.Contains(point) && options.Within.Contains(point)) positions.Add(point);
        }

        return positions.Count > 0 ? [.. positions] : throw new UniVGException(
            "The growth region leaves no place for vessels; give a mask whose white part is larger, or lies where the modality has vessels.");
    }

    private int[][] HashIntoCells()
    {
        var cells = new List<int>?[_columns * _columns];
        for (var a = 0; a < _positions.Length; a++)
        {
            var column = Math.Clamp((int)((_positions[a].X - _origin) / _cellSize), 0, _columns - 1);
            var row = Math.Clamp((int)((_positions[a].Y - _origin) / _cellSize), 0, _columns - 1);
            (cells[(row * _columns) + column] ??= []).Add(a);
        }

        return [.. cells.Select(c => c?.ToArray() ?? [])];
    }
}
