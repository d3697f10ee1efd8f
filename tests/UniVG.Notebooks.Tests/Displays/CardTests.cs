using UniVG.Notebooks.Displays;

namespace UniVG.Notebooks.Tests.Displays;

public class CardTests
{
    [Fact]
    public void A_card_lists_facts_tables_warnings_and_notes_in_text_and_html()
    {
        var bundle = new Card("Model <tiny>")
        {
            Facts = [new("file", "a & b.safetensors"), new("parameters", "12.3 M")],
            Tables = [new Table([new("part"), new("tensors", true)], [["UNet", "686"], ["VAE", "8"]]) { HighlightedRow = 0 }],
            Warnings = ["No VAE."],
            Notes = ["Loaded."],
        }.ToBundle();

        Assert.Equal(
            """
            Model <tiny>
              file        a & b.safetensors
              parameters  12.3 M

            part  tensors
            ----  -------
            UNet      686  ←
            VAE         8
            Warning: No VAE.
            Loaded.
            """.ReplaceLineEndings("\n"),
            bundle.PlainText);
        var root = MarkupAssert.WellFormed(bundle);
        Assert.Equal("a & b.safetensors", root.Descendants("td").First().Value);
        Assert.Contains("Warning: No VAE.", root.Value, StringComparison.Ordinal);
    }

    [Fact]
    public void An_error_puts_carets_under_the_offending_word()
    {
        var bundle = ErrorView.Create("Unknown option --stepz; did you mean --steps?", "#!univg train --stepz <4>", 14, 7);

        Assert.Equal(
            "Error: Unknown option --stepz; did you mean --steps?\n  #!univg train --stepz <4>\n                ^^^^^^^", bundle.PlainText);
        Assert.Contains("#!univg train --stepz <4>\n              ^^^^^^^", MarkupAssert.WellFormed(bundle).Value, StringComparison.Ordinal);
    }

    [Fact]
    public void An_error_about_a_missing_word_puts_one_caret_behind_the_line()
        => Assert.EndsWith("\n  set \n      ^", ErrorView.Create("KEY=VALUE is missing.", "set ", 99, 5).PlainText, StringComparison.Ordinal);
}
