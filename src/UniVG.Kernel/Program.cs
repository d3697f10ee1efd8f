using UniVG.Kernel.CommandLine;

// Cells may leave threads behind that never end; the program ends without them.
Environment.Exit(await UniVGCommandLine.InvokeAsync(args));
