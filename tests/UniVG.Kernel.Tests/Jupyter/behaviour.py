"""What jupyter_kernel_test does not look at. Usage: behaviour.py KERNEL_NAME DATASET_FOLDER"""
import os
import signal
import subprocess
import sys
import tempfile
import time
import unittest
from queue import Empty

import zmq
from jupyter_client.blocking import BlockingKernelClient
from jupyter_client.manager import start_new_kernel

KERNEL = sys.argv.pop(1)
DATASET = sys.argv.pop(1)
WAIT = 60


class BehaviourTests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.manager, cls.client = start_new_kernel(kernel_name=KERNEL)

    @classmethod
    def tearDownClass(cls):
        cls.client.stop_channels()
        cls.manager.shutdown_kernel()

    def run_cell(self, code, when_busy=None, when_shown=None, **options):
        """Executes a cell; returns its reply and its iopub messages. Calls when_shown with each display's text until it says True."""
        request = self.client.execute(code, **options)
        messages = []
        while True:
            message = self.client.get_iopub_msg(timeout=WAIT)
            if message["parent_header"].get("msg_id") != request:
                continue
            messages.append(message)
            if when_busy and message["msg_type"] == "stream":
                when_busy()
                when_busy = None
            if when_shown and message["msg_type"] == "update_display_data" and when_shown(message["content"]["data"]["text/plain"]):
                when_shown = None
            if message["msg_type"] == "status" and message["content"]["execution_state"] == "idle":
                break
        return self.reply_to(request), messages

    def reply_to(self, *requests):
        """The next reply to one of these requests; the client's own, such as kernel_info, are passed over."""
        while True:
            reply = self.client.get_shell_msg(timeout=WAIT)
            if reply["parent_header"]["msg_id"] in requests:
                return reply

    def text(self, messages, name="stdout"):
        return "".join(m["content"]["text"] for m in messages if m["msg_type"] == "stream" and m["content"]["name"] == name)

    def value(self, messages):
        return int(next(m["content"]["data"]["text/plain"] for m in messages if m["msg_type"] == "execute_result"))

    def assert_interrupts(self, cell):
        reply, _ = self.run_cell('Console.WriteLine("go");\n' + cell, when_busy=self.manager.interrupt_kernel)
        self.assertEqual("error", reply["content"]["status"])
        self.assertEqual("KeyboardInterrupt", reply["content"]["ename"])
        reply, messages = self.run_cell("Console.Write(1 + 1);")
        self.assertEqual("ok", reply["content"]["status"])
        self.assertEqual("2", self.text(messages))

    def test_interrupt_of_an_awaiting_cell(self):
        self.assert_interrupts("await Task.Delay(-1);")

    def test_interrupt_of_a_blocked_cell(self):
        self.assert_interrupts("Thread.Sleep(-1);")

    def test_interrupt_of_a_busy_loop(self):
        self.assert_interrupts("while (true) { }")

    def test_interrupt_of_training_keeps_the_run(self):
        self.run_cell(f'#!univg model tiny\n#!univg data "{DATASET}"\n#!univg lora')
        interrupt = self.manager.interrupt_kernel
        with tempfile.TemporaryDirectory() as folder:
            train = f'#!univg train --steps 1000 --output "{folder}"'
            reply, _ = self.run_cell(train, when_shown=lambda text: "loss" in text and not interrupt())
            self.assertEqual("KeyboardInterrupt", reply["content"]["ename"])
            _, before = self.run_cell("univg.Run.History.Count")
            self.run_cell("#!univg step 2")
            _, after = self.run_cell("univg.Run.History.Count")
        self.assertLess(self.value(before), 1000)
        self.assertEqual(self.value(before) + 2, self.value(after))

    def test_cells_queued_behind_a_failing_one_are_aborted(self):
        ids = [self.client.execute(code) for code in ('throw new Exception("x");', "1", "2")]
        self.assertEqual(["error", "aborted", "aborted"], [self.reply_to(i)["content"]["status"] for i in ids])
        reply, _ = self.run_cell("3")
        self.assertEqual("ok", reply["content"]["status"])

    def test_silent_cells_are_neither_shown_nor_counted(self):
        before, _ = self.run_cell("1")
        _, messages = self.run_cell("2", silent=True)
        after, _ = self.run_cell("3")
        self.assertEqual({"status"}, {m["msg_type"] for m in messages})
        self.assertEqual(before["content"]["execution_count"] + 1, after["content"]["execution_count"])

    def test_user_expressions(self):
        reply, _ = self.run_cell("var ue = 20;", user_expressions={"good": "ue + 1", "bad": "nothing"})
        self.assertEqual("21", reply["content"]["user_expressions"]["good"]["data"]["text/plain"])
        self.assertEqual("error", reply["content"]["user_expressions"]["bad"]["status"])

    def test_output_arrives_in_order_and_between_busy_and_idle(self):
        code = 'Console.Write("a"); Console.Error.Write("b"); var d = display("c"); Console.Write("d"); d.Update("e"); 5'
        _, messages = self.run_cell(code)
        self.assertEqual(
            ["status", "execute_input", "stream", "stream", "display_data", "stream", "update_display_data", "execute_result", "status"],
            [m["msg_type"] for m in messages], messages)
        self.assertEqual("ad", self.text(messages))

    def test_much_text_comes_in_few_messages(self):
        _, messages = self.run_cell("for (var i = 0; i < 50000; i++) Console.WriteLine(i);")
        streams = [m for m in messages if m["msg_type"] == "stream"]
        self.assertLess(len(streams), 200)
        self.assertEqual("".join(f"{i}\n" for i in range(50000)), self.text(messages))

    def test_text_of_native_code_is_shown(self):
        code = '[System.Runtime.InteropServices.DllImport("libc")] static extern int puts(string s);\n' \
            '[System.Runtime.InteropServices.DllImport("libc")] static extern int fflush(IntPtr f);\n' \
            'puts("native"); fflush(IntPtr.Zero); Thread.Sleep(300);'
        _, messages = self.run_cell(code)
        self.assertIn("native", self.text(messages))

    def test_input_is_refused_when_the_client_does_not_allow_it(self):
        reply, _ = self.run_cell("Console.ReadLine()", allow_stdin=False)
        self.assertEqual("UniVG", reply["content"]["ename"])

    def test_input_reaches_the_cell(self):
        request = self.client.execute('var answer = Console.ReadLine(); Console.Write($"<{answer}>");', allow_stdin=True)
        self.client.get_stdin_msg(timeout=WAIT)
        self.client.input("yes")
        self.assertEqual("ok", self.reply_to(request)["content"]["status"])
        self.drain(request)

    def test_completion_answers_while_a_cell_runs(self):
        with tempfile.TemporaryDirectory() as folder:
            go = os.path.join(folder, "go")
            request = self.client.execute(f'while (!File.Exists("{go}")) await Task.Delay(20);')
            completion = self.client.complete("Math.Sqr")
            first = self.reply_to(request, completion)
            open(go, "w").close()
            self.reply_to(request)
            self.drain(request)
        self.assertEqual(completion, first["parent_header"]["msg_id"])
        self.assertIn("Sqrt", first["content"]["matches"])

    def test_cursor_positions_count_code_points(self):
        code = 'var s = "😀"; Math.Sqr'
        content = self.reply_to(self.client.complete(code))["content"]
        self.assertEqual((len(code) - 3, len(code)), (content["cursor_start"], content["cursor_end"]))

    def test_earlier_cells_are_known_to_completion_and_inspection(self):
        self.run_cell("record Vessel(double Radius);\nvar myVessel = new Vessel(1.5);")
        self.assertIn("Radius", self.reply_to(self.client.complete("myVessel.Rad"))["content"]["matches"])
        content = self.reply_to(self.client.inspect("myVessel"))["content"]
        self.assertTrue(content["found"])
        self.assertIn("Vessel", content["data"]["text/plain"])

    def test_malformed_and_wrongly_signed_messages_do_no_harm(self):
        socket = zmq.Context.instance().socket(zmq.DEALER)
        socket.connect(self.manager._make_url("shell"))
        header = b'{"msg_id":"1","session":"s","username":"u","date":"","msg_type":"execute_request","version":"5.3"}'
        body = b'{"code":"Environment.Exit(3)"}'
        for frames in ([b"nonsense"], [b"<IDS|MSG>", b"0" * 64, header, b"{}", b"{}", body], [b"<IDS|MSG>", b"", b"{", b"{", b"{", b"{"], [b"<IDS|MSG>"]):
            socket.send_multipart(frames)
        for content in ({}, {"code": 5}, {"code": "1", "silent": "yes"}):
            bad = self.client.session.msg("execute_request", content=content)
            self.client.shell_channel.send(bad)
            self.assertEqual("error", self.reply_to(bad["header"]["msg_id"])["content"]["status"])
        reply, _ = self.run_cell("1")
        self.assertEqual("ok", reply["content"]["status"])
        socket.close(0)

    def test_unhandled_exceptions_of_other_threads_do_not_end_the_kernel(self):
        self.run_cell('new Thread(() => throw new Exception("elsewhere")).Start(); Thread.Sleep(200);')
        reply, _ = self.run_cell("1")
        self.assertEqual("ok", reply["content"]["status"])

    def test_an_error_that_torchsharp_lets_through_ends_the_cell_only(self):
        self.run_cell("using TorchSharp;\nvar kept = 5;")
        for code in ("torch.ones(2, 3).matmul(torch.ones(2, 3))", "await Task.Yield(); torch.ones(2, 3).matmul(torch.ones(2, 3))"):
            reply, _ = self.run_cell(code)
            self.assertEqual("error", reply["content"]["status"])
            self.assertIn("mat1 and mat2 shapes cannot be multiplied (2x3 and 2x3)", reply["content"]["evalue"])
        # Finalizers go on, although the lost thread can never end its pause.
        self.run_cell("using (UniVG.Diffusion.Runtime.FinalizerPause.Begin()) { await Task.Run(() => { torch.ones(2, 3).matmul(torch.ones(2, 3)); }); }")
        reply, _ = self.run_cell("GC.WaitForPendingFinalizers();")
        self.assertEqual("ok", reply["content"]["status"])
        reply, _ = self.run_cell("torch.ones(3).reshape(7)")
        self.assertEqual("shape '[7]' is invalid for input of size 3", reply["content"]["evalue"])
        _, messages = self.run_cell("kept + (int)torch.ones(2, 3).sum().item<float>()")
        self.assertEqual(11, self.value(messages))

    def test_memory_stays_flat_over_many_cells(self):
        before = self.memory_after(20)
        # A cell costs some 80 KB for its assembly; references that pile up from cell to cell would cost 200 MB by now.
        self.assertLess(self.memory_after(200) - before, 80)

    def memory_after(self, cells):
        for i in range(cells):
            self.run_cell(f"var flat{i} = {i};")
        self.run_cell("GC.Collect();")
        with open(f"/proc/{self.manager.provisioner.pid}/status") as status:
            return next(int(line.split()[1]) / 1024 for line in status if line.startswith("VmRSS"))

    def test_a_client_that_vanishes_leaves_the_kernel_to_the_next_one(self):
        other = BlockingKernelClient(connection_file=self.manager.connection_file)
        other.load_connection_file()
        other.start_channels()
        other.wait_for_ready(timeout=WAIT)
        running = other.execute('var left = 1; Console.WriteLine("go"); Thread.Sleep(500); left = 2;')
        while other.get_iopub_msg(timeout=WAIT)["content"].get("text") != "go\n":
            pass
        other.stop_channels()
        self.drain(running)
        _, messages = self.run_cell("left")
        self.assertEqual(2, self.value(messages))

    def test_it_listens_on_loopback_only(self):
        pid = self.manager.provisioner.pid
        inodes = set()
        for descriptor in os.listdir(f"/proc/{pid}/fd"):
            try:
                target = os.readlink(f"/proc/{pid}/fd/{descriptor}")
            except OSError:
                continue
            if target.startswith("socket:["):
                inodes.add(target[8:-1])
        for table in ("tcp", "tcp6"):
            with open(f"/proc/net/{table}") as lines:
                rows = [line.split() for line in lines][1:]
            for fields in rows:
                if fields[3] == "0A" and fields[9] in inodes:
                    self.assertTrue(fields[1].startswith("0100007F:") or fields[1].startswith("0" * 24 + "01000000:"), fields[1])

    def test_it_ends_with_its_parent(self):
        script = "import sys; from jupyter_client.manager import start_new_kernel; " \
            f"m, c = start_new_kernel(kernel_name={KERNEL!r}); print(m.provisioner.pid, flush=True); sys.stdin.read()"
        parent = subprocess.Popen([sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        kernel = int(parent.stdout.readline())
        parent.send_signal(signal.SIGKILL)
        parent.communicate()
        deadline = time.monotonic() + 20
        while alive(kernel) and time.monotonic() < deadline:
            time.sleep(0.1)
        self.assertFalse(alive(kernel))

    def test_restart_forgets_everything(self):
        manager, client = start_new_kernel(kernel_name=KERNEL)
        try:
            client.execute_interactive("var gone = 1;", timeout=WAIT)
            manager.restart_kernel(now=False)
            client.wait_for_ready(timeout=WAIT)
            reply = client.execute_interactive("gone", timeout=WAIT, output_hook=lambda m: None)
            self.assertEqual("CompilationError", reply["content"]["ename"])
            self.assertEqual(1, reply["content"]["execution_count"])
        finally:
            client.stop_channels()
            manager.shutdown_kernel()

    def drain(self, request):
        while True:
            try:
                message = self.client.get_iopub_msg(timeout=WAIT)
            except Empty:
                return
            if message["parent_header"].get("msg_id") == request and message["content"].get("execution_state") == "idle":
                return


def alive(pid):
    try:
        with open(f"/proc/{pid}/stat") as status:
            return status.read().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


if __name__ == "__main__":
    unittest.main()
