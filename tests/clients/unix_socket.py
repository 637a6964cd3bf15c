"""Calls of tritonclient's gRPC client over a unix domain socket."""

import numpy as np
import tritonclient.grpc as triton

from checks import equal, run

B = np.arange(10, dtype=np.float32).reshape(1, 10)


def check_infer(servers):
    with triton.InferenceServerClient(servers["dummy"]) as client:
        assert client.is_server_ready()
        tensor = triton.InferInput("b", [1, 10], "FP32")
        for i in range(20):
            tensor.set_data_from_numpy(B + i)
            equal(client.infer("dummy", [tensor]).as_numpy("a"), B + i + 1)


run(dict(globals()))
