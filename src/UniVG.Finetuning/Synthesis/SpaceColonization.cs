using System.Numerics;

namespace UniVG.Finetuning.Synthesis;

/// <summary>
/// Grows vessels by space colonisation (Runions et al., "Modeling and visualization of leaf venation patterns", SIGGRAPH 2005;
/// "Modeling trees with a space colonization algorithm", 2007), open pattern: every attractor pulls the nearest node within
/// reach; a pulled node grows one segment along the normalised mean pull; an attractor that a node comes near is spent.
/// UniVG's first stage draws its vessel structures this way; here the mean is normalised and radii follow Murray's law.
/// </summary>
public sealed class SpaceColonization
{
    private const int MaxChildren = 3;
    private const int MaxNodes = 60_000;

    private readonly GrowthOptions _options;
    private readonly SeededRandom _random;
    private readonly AttractorField _attractors;
    private readonly List<Vector2> _positions = [];
    private readonly List<int> _parents = [];
    private readonly List<int> _lastChild = [];
    private readonly List<int> _previousSibling = [];
    private readonly List<bool> _blocked = [];
    private readonly List<Vector2> _pulls = [];
    private readonly List<int> _pulled = [];

    private SpaceColonization(GrowthOptions options, SeededRandom random)
    {
        _options = options;
        _random = random;
        _attractors = new AttractorField(options, random);
    }

    /// <summary>Grows the trees that belong to the settings and the random source.</summary>
    /// <exception cref="Diffusion.UniVGException">A setting is impossible.</exception>
    public static VesselTree Grow(GrowthOptions options, SeededRandom random)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(random);
        options.Validate();

        var growth = new SpaceColonization(options, random);
        foreach (var root in options.Roots) growth.LayTrunk(root);
        while (growth._positions.Count < MaxNodes && growth.Step())
        {
        }

        return VesselShaping.Finish(options, growth._positions, growth._parents, random);
    }

    // The trunk's points are spaced like grown segments; a tip that no attractor pulls walks to the nearest one first.
    private void LayTrunk(VesselRoot root)
    {
        var (tip, isPulled) = AddNode(root.Path[0], parent: -1);
        foreach (var target in root.Path.Skip(1))
        {
            while (Vector2.Distance(_positions[tip], target) >= _options.SegmentLength)
                (tip, isPulled) = AddNode(Advance(_positions[tip], target), tip);
        }

        while (!isPulled && _positions.Count < MaxNodes && _attractors.FindNearest(_positions[tip]) is >= 0 and var nearest)
            (tip, isPulled) = AddNode(Advance(_positions[tip], _attractors.PositionOf(nearest)), tip);
    }

    private Vector2 Advance(Vector2 from, Vector2 to) => from + (Vector2.Normalize(to - from) * _options.SegmentLength);

    private bool Step()
    {
        GatherPulls();
        foreach (var node in _pulled)
        {
            if (!TryGrow(node)) _blocked[node] = true;
            _pulls[node] = default;
        }

        return _pulled.Count > 0;
    }

    private void GatherPulls()
    {
        _pulled.Clear();
        for (var a = 0; a < _attractors.Count; a++)
        {
            var node = _attractors.PulledNode(a);
            if (node < 0) continue;
            if (_blocked[node])
            {
                _attractors.Release(a);
                continue;
            }

            if (_pulls[node] == default) _pulled.Add(node);
            _pulls[node] += Vector2.Normalize(_attractors.PositionOf(a) - _positions[node]);
        }
    }

    // False when the pull leads nowhere new: without this, two attractors in balance would grow the same segment for ever.
    private bool TryGrow(int node)
    {
        var direction = Vector2.Normalize(_pulls[node]) + (_options.Jitter * RandomVector());
        if (_parents[node] >= 0)
            direction += _options.Inertia * Vector2.Normalize(_positions[node] - _positions[_parents[node]]);

        var position = _positions[node] + (Vector2.Normalize(direction) * _options.SegmentLength);
        if (!HasRoomForChild(node, position)) return false;
        AddNode(position, node);
        return true;
    }

    private bool HasRoomForChild(int node, Vector2 position)
    {
        var limit = _options.SegmentLength * 0.5f;
        var children = 0;
        for (var child = _lastChild[node]; child >= 0; child = _previousSibling[child])
        {
            if (++children >= MaxChildren || Vector2.Distance(_positions[child], position) < limit) return false;
        }

        return float.IsFinite(position.X);
    }

    private (int Node, bool IsPulled) AddNode(Vector2 position, int parent)
    {
        var node = _positions.Count;
        _positions.Add(position);
        _parents.Add(parent);
        _lastChild.Add(-1);
        _previousSibling.Add(parent >= 0 ? _lastChild[parent] : -1);
        _blocked.Add(false);
        _pulls.Add(default);
        if (parent >= 0) _lastChild[parent] = node;
        return (node, _attractors.Meet(node, position));
    }

    private Vector2 RandomVector() => new(_random.NextFloat(-1, 1), _random.NextFloat(-1, 1));
}
