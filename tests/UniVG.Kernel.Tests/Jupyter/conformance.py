"""Jupyter's own kernel test suite (jupyter_kernel_test), told what C# looks like. Usage: conformance.py KERNEL_NAME"""
import sys
import unittest

import jupyter_kernel_test


class UniVGKernelTests(jupyter_kernel_test.KernelTests):
    kernel_name = sys.argv.pop(1)
    language_name = "C#"
    file_extension = ".cs"
    code_hello_world = 'Console.WriteLine("hello, world");'
    code_stderr = 'Console.Error.WriteLine("oops");'
    completion_samples = [
        {"text": "Math.Sqr", "matches": {"Sqrt"}},
        {"text": "System.IO.File.ReadAllTe", "matches": {"ReadAllText", "ReadAllTextAsync"}},
        {"text": "#!univ", "matches": {"#!univg"}},
    ]
    complete_code_samples = ["1 + 1", "var x = 2;", "int F(int a)\n{\n    return a;\n}", "#!univg help"]
    incomplete_code_samples = ["int F(int a) {", 'Console.WriteLine("a",', "for (int i = 0; i < 3; i++)", "#!univg train \\"]
    invalid_code_samples = ["int 7q = = 3;", "#!fsharp"]
    code_generate_error = 'throw new Exception("boom");'
    code_execute_result = [
        {"code": "6*7", "result": "42"},
        {"code": '"a" + "b"', "result": "ab"},
        {"code": "await Task.FromResult(3)", "result": "3"},
    ]
    code_display_data = [
        {"code": 'display("<b>t</b>", "text/html");', "mime": "text/html"},
        {"code": 'new byte[] { 1, 2, 3 }.Display("image/png");', "mime": "image/png"},
        {"code": "#!markdown\n# Title", "mime": "text/markdown"},
    ]
    code_history_pattern = "6?7"
    supported_history_operations = ("tail", "range", "search")
    code_inspect_sample = "Console.WriteLine"
    code_clear_output = "clearOutput();"


if __name__ == "__main__":
    unittest.main()
