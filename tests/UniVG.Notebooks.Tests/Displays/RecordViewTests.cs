using UniVG.Notebooks.Displays;

namespace UniVG.Notebooks.Tests.Displays;

public class RecordViewTests
{
    [Fact]
    public void A_record_that_holds_itself_lists_in_lists_and_a_property_that_throws_is_shown_all_the_same()
    {
        var ring = new Ring("first");
        ring.Others.Add(ring);
        ring.Nested.Add(ring.Nested);

        var text = ResultFormatter.Format(ring)!.PlainText;

        Assert.Matches(@"name +first", text);
        Assert.Matches(@"others +ring", text);
        Assert.Matches(@"nested +…", text);
        Assert.Matches(@"broken +–", text);
    }

    [Fact]
    public void A_list_of_records_with_a_gap_is_a_table_of_the_others() =>
        Assert.Matches(@"name .*\n-+.*\na .*\nb ", ResultFormatter.Format(new Ring?[] { new("a"), null, new("b") })!.PlainText);

    private sealed record Ring(string Name)
    {
        public List<Ring> Others { get; } = [];

        public List<object> Nested { get; } = [];

        public string Broken => throw new InvalidOperationException($"{Name} is gone");
    }
}
