using UniVG.Kernel.Jupyter;
using UniVG.Kernel.Jupyter.Protocol;

namespace UniVG.Kernel.Tests.Jupyter;

public class HistoryTests
{
    private readonly History _history = new();

    public HistoryTests()
    {
        _history.Add(1, "6*7", "42");
        _history.Add(2, "var x = 1;", "");
        _history.Add(3, "6*7", "42");
    }

    [Fact]
    public void The_tail_is_the_last_ones() => Assert.Equal([2, 3], Numbers(new HistoryRequest("tail", N: 2)));

    [Fact]
    public void A_range_ends_before_its_stop() => Assert.Equal([1, 2], Numbers(new HistoryRequest("range", Start: 1, Stop: 3)));

    [Fact]
    public void A_search_takes_a_glob() => Assert.Equal([1, 3], Numbers(new HistoryRequest("search", Pattern: "6?7*")));

    [Fact]
    public void A_unique_search_keeps_the_latest_of_equals() =>
        Assert.Equal([3], Numbers(new HistoryRequest("search", Pattern: "6*", Unique: true)));

    [Fact]
    public void Outputs_are_given_when_asked_for() =>
        Assert.Equal("[1,3,[\"6*7\",\"42\"]]", _history.Find(new HistoryRequest("tail", Output: true, N: 1)).History[0].ToJsonString());

    private IEnumerable<int> Numbers(HistoryRequest request) => _history.Find(request).History.Select(entry => (int)entry[1]!);
}
