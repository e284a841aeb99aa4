"""A kernel of a language that is not Python: it says what it was told."""

from __future__ import annotations

from ipykernel.kernelapp import IPKernelApp
from ipykernel.kernelbase import Kernel


class EchoKernel(Kernel):
    implementation = "echo"
    implementation_version = language_version = "1"
    language_info = {"name": "echo", "mimetype": "text/plain", "file_extension": ".txt"}  # noqa: RUF012  # the base's way
    banner = "Echo"

    async def do_execute(self, code, silent, *_args, **_options):
        if code == "fail":
            error = {"ename": "EchoError", "evalue": "told to fail", "traceback": []}
            self.send_response(self.iopub_socket, "error", error)
            return {"status": "error", "execution_count": 1, **error}
        if not silent:
            said = {"name": "stdout", "text": f"you said: {code}\n"}
            self.send_response(self.iopub_socket, "stream", said)
        return {"status": "ok", "execution_count": 1, "payload": [], "user_expressions": {}}


if __name__ == "__main__":
    IPKernelApp.launch_instance(kernel_class=EchoKernel)
