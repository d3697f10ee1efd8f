using UniVG.Finetuning.Data.Captions;

namespace UniVG.Finetuning.Tests.Data;

public class CaptionProcessorTests
{
    [Theory]
    [InlineData("modality")]
    [InlineData("a,b ,  c,,d")]
    [InlineData("")]
    public void Default_options_leave_a_caption_untouched(string caption) => Assert.Equal(caption, Process(caption, new()));

    [Fact]
    public void Prefix_and_suffix_are_joined_with_a_space() =>
        Assert.Equal("photo of a cat on grass", Process("a cat", new() { Prefix = "photo of", Suffix = "on grass" }));

    [Fact]
    public void Dropout_takes_the_whole_caption()
    {
        Assert.Equal("", Process("a", new() { DropoutRate = 1, Prefix = "p" }));
        var dropped = Enumerable.Range(0, 2000).Count(i => Process("a", new() { DropoutRate = 0.25 }, seed: i).Length == 0);
        Assert.InRange(dropped / 2000.0, 0.2, 0.3);
    }

    [Fact]
    public void Captions_are_dropped_in_every_nth_epoch()
    {
        var options = new CaptionOptions { DropoutEveryNEpochs = 3 };

        Assert.Equal(["a", "a", "", "a", "a", ""], Enumerable.Range(1, 6).Select(e => Process("a", options, epoch: e)));
    }

    [Fact]
    public void Shuffling_moves_all_but_the_kept_tags()
    {
        var options = new CaptionOptions { Shuffle = true, KeepTokens = 2 };
        var results = Enumerable.Range(0, 50).Select(i => Process("a, b, c,d,e", options, seed: i)).Distinct().ToArray();

        Assert.True(results.Length > 3);
        Assert.All(results, r => Assert.StartsWith("a, b, ", r, StringComparison.Ordinal));
        Assert.All(results, r => Assert.Equal(["a", "b", "c", "d", "e"], r.Split(", ").Order()));
    }

    [Fact]
    public void The_keep_mark_fixes_both_ends()
    {
        var options = new CaptionOptions { TagDropoutRate = 1, KeepTokensSeparator = "|||" };

        Assert.Equal("a, b, z", Process("a, b ||| c, d ||| z", options));
    }

    [Fact]
    public void Warm_up_shows_more_tags_with_every_step()
    {
        var options = new CaptionOptions { TokenWarmupStep = 0.5 };
        int[] steps = [0, 25, 50, 99];
        var shown = steps.Select(s => Process("a,b,c,d,e", options, step: s, totalSteps: 100).Split(", ").Length);

        Assert.Equal([1, 3, 5, 5], shown);
    }

    [Fact]
    public void The_secondary_separator_binds_tags_until_the_end() =>
        Assert.Equal("a,b", Process("a;b", new() { Shuffle = true, SecondarySeparator = ";" }));

    [Fact]
    public void Wildcards_choose_a_line_and_a_word_and_keep_doubled_braces()
    {
        var options = new CaptionOptions { EnableWildcard = true };
        var results = Enumerable.Range(0, 100).Select(i => Process("{thin|thick} {{x}}\nother", options, seed: i)).Distinct().Order();

        Assert.Equal(["other", "thick {x}", "thin {x}"], results);
    }

    [Fact]
    public void Without_wildcards_the_first_line_is_kept() => Assert.Equal("{a|b}", Process("{a|b}\nother", new()));

    private static string Process(
        string caption, CaptionOptions options, int epoch = 1, int step = 0, int totalSteps = 10, int seed = 0) =>
        CaptionProcessor.Process(caption, options, epoch, step, totalSteps, new Random(seed));
}
