using UniVG.Finetuning.Adapters;
using static UniVG.Finetuning.Training.PythonText;

namespace UniVG.Finetuning.Training;

/// <summary>kohya's <c>ss_network_*</c> entries: with which module and arguments it would make the same network.</summary>
internal static class NetworkMetadata
{
    /// <summary>Writes the entries of a configuration over those that are there.</summary>
    public static void Set(Dictionary<string, string> entries, AdapterConfig adapter)
    {
        entries["ss_network_module"] = NetworkArguments.ModuleOf(adapter);
        entries["ss_network_dim"] = Text(adapter.Dim);
        entries["ss_network_alpha"] = Text(adapter.Alpha);
        entries["ss_network_dropout"] = adapter.Dropout > 0 ? Text(adapter.Dropout) : None;
        entries.Remove("ss_network_args");
        if (NetworkArguments.Write(adapter) is { Count: > 0 } arguments) entries["ss_network_args"] = Json(arguments);
    }
}
