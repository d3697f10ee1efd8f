using System.Text;
using System.Text.Json.Nodes;
using UniVG.Diffusion;
using UniVG.Kernel.Execution;
using UniVG.Notebooks.Hosting;

namespace UniVG.Kernel.Headless;

/// <summary>Collects the outputs of one cell as nbformat keeps them: neighbouring text joined, updated displays replaced.</summary>
/// <param name="notebook">What the cells of the notebook share.</param>
/// <param name="shown">Told the plain text of everything shown, as it is shown.</param>
internal sealed class OutputCollector(NotebookOutputs notebook, Action<string> shown) : ICellOutput
{
    private readonly List<JsonObject> _outputs = [];
    private readonly StringBuilder _text = new();
    private StandardStream? _textStream;
    private bool _clearBeforeNext;

    /// <summary>The outputs so far.</summary>
    public IReadOnlyList<JsonObject> Outputs()
    {
        lock (notebook.Gate)
        {
            EndText();
            return [.. _outputs.Select(o => (JsonObject)o.DeepClone())];
        }
    }

    public void Write(StandardStream stream, string text)
    {
        lock (notebook.Gate)
        {
            ClearIfAsked();
            if (_textStream != stream) EndText();
            _textStream = stream;
            _text.Append(text);
        }
    }

    public void Show(MimeBundle content, string displayId)
    {
        lock (notebook.Gate)
        {
            var output = new JsonObject { ["output_type"] = "display_data", ["data"] = DataOf(content), ["metadata"] = new JsonObject() };
            notebook.Register(displayId, output);
            Add(output);
        }

        shown(content.PlainText);
    }

    public void Update(MimeBundle content, string displayId)
    {
        lock (notebook.Gate) notebook.Replace(displayId, () => DataOf(content));
        shown(content.PlainText);
    }

    public void Clear(bool wait)
    {
        lock (notebook.Gate)
        {
            _clearBeforeNext = true;
            if (!wait) ClearIfAsked();
        }
    }

    public string Ask(string prompt, bool isPassword) => throw new UniVGException(
        "This notebook runs without a user to ask; write the value into the cell, or make it a parameter and give it with -p.");

    /// <summary>Adds the value of the cell's last expression.</summary>
    public void AddResult(MimeBundle value, int executionCount)
    {
        lock (notebook.Gate)
        {
            Add(new JsonObject
            {
                ["output_type"] = "execute_result",
                ["data"] = DataOf(value),
                ["execution_count"] = executionCount,
                ["metadata"] = new JsonObject(),
            });
        }
    }

    public void AddError(CellError error)
    {
        lock (notebook.Gate)
        {
            Add(new JsonObject
            {
                ["output_type"] = "error",
                ["ename"] = error.Name,
                ["evalue"] = error.Message,
                ["traceback"] = new JsonArray([.. error.Traceback.Select(line => (JsonNode)line)]),
            });
        }
    }

    private static JsonObject DataOf(MimeBundle content) => JsonLines.SplitTexts(MimeJson.DataOf(content));

    private void Add(JsonObject output)
    {
        ClearIfAsked();
        EndText();
        _outputs.Add(output);
    }

    private void EndText()
    {
        if (_textStream is not { } stream) return;
        _outputs.Add(new JsonObject
        {
            ["output_type"] = "stream",
            ["name"] = stream == StandardStream.Output ? "stdout" : "stderr",
            ["text"] = JsonLines.Split(_text.ToString()),
        });
        _text.Clear();
        _textStream = null;
    }

    private void ClearIfAsked()
    {
        if (!_clearBeforeNext) return;
        _clearBeforeNext = false;
        _outputs.Clear();
        _text.Clear();
        _textStream = null;
    }
}
