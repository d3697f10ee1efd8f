namespace UniVG.Kernel.Scripting;

/// <summary>An interrupted cell could not be stopped; the notebook goes on without waiting for it.</summary>
internal sealed class CellAbandonedException() : OperationCanceledException(
    "The cell did not stop when it was interrupted; it goes on in the background. Pass cellToken to what it waits for.");
