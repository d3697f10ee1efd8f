using UniVG.Kernel.Execution;
using UniVG.Kernel.Jupyter.Protocol;
using UniVG.Kernel.Language;

namespace UniVG.Kernel.Jupyter;

/// <summary>Answers the requests that help a user write cells.</summary>
internal sealed class LanguageRequests(CellLanguage language)
{
    public CompleteReply Complete(CompleteRequest request)
    {
        var position = Position(request.Code, request.CursorPos);
        var found = language.CompleteAsync(request.Code, position).GetAwaiter().GetResult();

        // One range serves all matches; where they differ, the kinds below carry each one's own.
        var (start, end) = found.Count == 0 ? (position, position) : (found[0].Start, found[0].End);
        var items = found.Select(c => new CompleteItem(
            c.Text, c.Kind, CodePoints.FromUtf16(request.Code, c.Start), CodePoints.FromUtf16(request.Code, c.End)));
        return new CompleteReply(
            [.. found.Select(c => c.Text)],
            CodePoints.FromUtf16(request.Code, start),
            CodePoints.FromUtf16(request.Code, end),
            new CompleteMetadata([.. items]));
    }

    public InspectReply Inspect(InspectRequest request)
    {
        var found = language.DescribeAsync(request.Code, Position(request.Code, request.CursorPos)).GetAwaiter().GetResult();
        return found is null ? new InspectReply(Found: false, [], []) : new InspectReply(Found: true, MimeJson.DataOf(found), []);
    }

    public static IsCompleteReply IsComplete(IsCompleteRequest request) => CellLanguage.IsComplete(request.Code) switch
    {
        CellCompleteness.Incomplete => new IsCompleteReply("incomplete", Indent: "    "),
        CellCompleteness.Invalid => new IsCompleteReply("invalid"),
        _ => new IsCompleteReply("complete"),
    };

    private static int Position(string code, int? codePoints) => codePoints is { } given ? CodePoints.ToUtf16(code, given) : code.Length;
}
