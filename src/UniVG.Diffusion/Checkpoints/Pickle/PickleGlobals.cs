using static TorchSharp.torch;

namespace UniVG.Diffusion.Checkpoints.Pickle;

/// <summary>Which Python names a checkpoint may ask for.</summary>
internal static class PickleGlobals
{
    // Modules whose functions run programs, load code or reach the network. No checkpoint needs them; one that names them is an attack.
    private static readonly HashSet<string> DangerousModules =
    [
        "os", "posix", "nt", "sys", "subprocess", "commands", "popen2", "pty", "shutil", "socket", "runpy", "importlib", "imp", "zipimport",
        "pkgutil", "ctypes", "cffi", "marshal", "code", "codeop", "pdb", "bdb", "timeit", "trace", "profile", "cProfile", "doctest", "pydoc",
        "webbrowser", "antigravity", "idlelib", "lib2to3", "test", "pip", "ensurepip", "venv", "distutils", "setuptools", "pickle", "_pickle",
        "cPickle", "dill", "cloudpickle", "joblib", "multiprocessing", "_posixsubprocess", "asyncio", "threading", "signal", "urllib", "urllib2",
        "http", "httplib", "requests", "httpx", "aiohttp", "smtplib", "ftplib", "telnetlib", "nturl2path", "io", "_io",
        "tempfile", "operator", "_operator",
    ];

    private static readonly string[] DangerousNames =
        ["torch.hub.", "torch.load", "torch.jit.", "torch.classes.", "torch.ops.", "torch.utils.cpp_extension."];

    // The parts of builtins that are data; the rest of them run code or reach into objects.
    private static readonly HashSet<string> HarmlessBuiltins =
    [
        "set", "frozenset", "list", "dict", "tuple", "int", "long", "float", "complex", "bool", "str", "unicode", "bytes", "bytearray", "slice",
        "range", "xrange", "object", "NoneType", "Ellipsis", "NotImplemented", "type",
    ];

    private static readonly Dictionary<string, ScalarType> Storages = new()
    {
        ["DoubleStorage"] = ScalarType.Float64,
        ["FloatStorage"] = ScalarType.Float32,
        ["HalfStorage"] = ScalarType.Float16,
        ["BFloat16Storage"] = ScalarType.BFloat16,
        ["LongStorage"] = ScalarType.Int64,
        ["IntStorage"] = ScalarType.Int32,
        ["ShortStorage"] = ScalarType.Int16,
        ["CharStorage"] = ScalarType.Int8,
        ["ByteStorage"] = ScalarType.Byte,
        ["BoolStorage"] = ScalarType.Bool,
        ["UntypedStorage"] = ScalarType.Byte,
    };

    private static readonly Dictionary<string, ScalarType> DTypes = new()
    {
        ["float64"] = ScalarType.Float64,
        ["double"] = ScalarType.Float64,
        ["float32"] = ScalarType.Float32,
        ["float"] = ScalarType.Float32,
        ["float16"] = ScalarType.Float16,
        ["half"] = ScalarType.Float16,
        ["bfloat16"] = ScalarType.BFloat16,
        ["int64"] = ScalarType.Int64,
        ["int32"] = ScalarType.Int32,
        ["int16"] = ScalarType.Int16,
        ["int8"] = ScalarType.Int8,
        ["uint8"] = ScalarType.Byte,
        ["bool"] = ScalarType.Bool,
    };

    /// <summary>Whether naming this is an attack, or as good as one.</summary>
    public static bool IsDangerous(PickleGlobal global)
    {
        if (global.Module is "builtins" or "__builtin__" or "__builtins__")
        {
            return !HarmlessBuiltins.Contains(global.Name) && !global.Name.EndsWith("Error", StringComparison.Ordinal);
        }

        // Attribute chains (os.path.join as one name) are judged by every module on the way.
        var root = global.Module.Split('.')[0];
        return DangerousModules.Contains(root) || DangerousNames.Any(n => global.ToString().StartsWith(n, StringComparison.Ordinal));
    }

    /// <summary>The dtype of a storage class such as <c>torch.HalfStorage</c>; null where torch here has no such dtype.</summary>
    public static ScalarType? StorageType(PickleGlobal global) =>
        global.Module is "torch" or "torch.cuda" or "torch.storage" && Storages.TryGetValue(global.Name, out var dtype) ? dtype : null;

    /// <summary>The dtype of a name such as <c>torch.float16</c>.</summary>
    public static ScalarType? DType(PickleGlobal global) =>
        global.Module is "torch" && DTypes.TryGetValue(global.Name, out var dtype) ? dtype : null;
}
