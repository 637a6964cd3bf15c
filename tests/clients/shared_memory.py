"""Tensors in system shared memory, with tritonclient over gRPC and REST. Addresses: the same names with _http for REST."""

import os
import queue
import threading
import uuid

import numpy as np
import tritonclient.grpc as grpc_triton
import tritonclient.http as http_triton
import tritonclient.utils.shared_memory as shm
from tritonclient.utils import InferenceServerException, serialize_byte_tensor

from checks import STRINGS, TYPES, equal, fails, run

B = np.arange(10, dtype=np.float32).reshape(1, 10)
LARGE = np.arange(1 << 20, dtype=np.float32).reshape(4096, 256)
GRPC = (grpc_triton, "server", "StatusCode.INVALID_ARGUMENT", "StatusCode.NOT_FOUND", "StatusCode.ALREADY_EXISTS", "StatusCode.PERMISSION_DENIED")
HTTP = (http_triton, "server_http", "400", "404", "409", "403")


class Region:
    """An object of shared memory with a region on the server, both under a name of their own."""

    def __init__(self, client, size):
        self.name = f"region {uuid.uuid4().hex}"
        self.key = f"/ovms_e2e_{uuid.uuid4().hex}"
        self.size = size
        self.path = f"/dev/shm{self.key}"
        self._client = client

    def __enter__(self):
        self.handle = shm.create_shared_memory_region(self.name, self.key, self.size)
        self._client.register_system_shared_memory(self.name, self.key, self.size)
        return self

    def __exit__(self, *error):
        self._client.unregister_system_shared_memory(self.name)
        shm.destroy_shared_memory_region(self.handle)


def both(check):
    """Runs a check over gRPC, then over REST."""

    def checked(servers):
        for protocol in (GRPC, HTTP):
            with protocol[0].InferenceServerClient(servers[protocol[1]]) as client:
                check(client, *protocol)

    return checked


def tensor_at(triton, region, name, shape, datatype, size, offset=0):
    tensor = triton.InferInput(name, list(shape), datatype)
    tensor.set_shared_memory(region.name, size, offset)
    return tensor


def output_at(triton, region, name, size, offset=0):
    output = triton.InferRequestedOutput(name)
    output.set_shared_memory(region.name, size, offset)
    return output


def call(client, triton, region, model="dummy", values=B, name="b", result="a", offset=0, output_offset=4096, **more):
    shm.set_shared_memory_region(region.handle, [values], offset)
    inputs = [tensor_at(triton, region, name, values.shape, "FP32", values.nbytes, offset)]
    return client.infer(model, inputs, outputs=[output_at(triton, region, result, values.nbytes, output_offset)], **more)


def check_regions(servers):
    def check(client, triton, server, invalid, missing, exists, denied):
        with Region(client, 8192) as region:
            told = client.get_system_shared_memory_status(region.name)
            one = list(told.regions.values())[0] if triton is grpc_triton else told[0]
            values = (one.name, one.key, one.offset, one.byte_size) if triton is grpc_triton else (one["name"], one["key"], one["offset"], one["byte_size"])
            assert values == (region.name, region.key, 0, 8192), told
            with fails(exists, "unregister it first"):
                client.register_system_shared_memory(region.name, region.key, 8192)
            with fails(invalid, "8192 bytes", "8193 bytes"):
                client.register_system_shared_memory("other", region.key, 8193)
            with fails(invalid, "There is no shared memory object"):
                client.register_system_shared_memory("other", "/ovms_e2e_none", 4)
            for key in ("/other", "../ovms_e2e_", "//ovms_e2e_"):
                with fails(denied, "--allow_shared_memory"):
                    client.register_system_shared_memory("other", key, 4)
            for key in ("/ovms_e2e_/../x", "ovms_e2e_/"):
                with fails(invalid, "without a slash"):
                    client.register_system_shared_memory("other", key, 4)
        with fails(missing, "not registered"):
            client.get_system_shared_memory_status(region.name)
        assert "system_shared_memory" in str(client.get_server_metadata())

    both(check)(servers)


def check_cuda(servers):
    def check(client, triton, server, invalid, missing, exists, denied):
        assert not (client.get_cuda_shared_memory_status().regions if triton is grpc_triton else client.get_cuda_shared_memory_status())
        client.unregister_cuda_shared_memory()
        with fails(invalid, "CUDA"):
            client.register_cuda_shared_memory("r", b"aGFuZGxl", 0, 4)

    both(check)(servers)


def check_without_the_option(servers):
    for triton, name, denied, missing in ((grpc_triton, "closed", GRPC[5], GRPC[3]), (http_triton, "closed_http", HTTP[5], HTTP[3])):
        with triton.InferenceServerClient(servers[name]) as client:
            with fails(denied, "--allow_shared_memory PREFIX"):
                client.register_system_shared_memory("r", "/ovms_e2e_x", 4)
            told = client.get_system_shared_memory_status()
            assert not (told.regions if triton is grpc_triton else told), told
            client.unregister_system_shared_memory()
            client.unregister_system_shared_memory("r")
            tensor = triton.InferInput("b", [1, 10], "FP32")
            tensor.set_shared_memory("r", 40)
            with fails(missing, "--allow_shared_memory PREFIX"):
                client.infer("dummy", [tensor])
            assert "system_shared_memory" not in str(client.get_server_metadata())


def check_input_and_output(servers):
    def check(client, triton, *_):
        with Region(client, 8192) as region:
            answer = call(client, triton, region, request_id="7", offset=512, output_offset=1024)
            equal(shm.get_contents_as_numpy(region.handle, np.float32, [1, 10], 1024), B + 1)
            output = answer.get_output("a")
            assert "shared_memory_region" in str(output) and region.name in str(output), output
            assert "data" not in output if triton is http_triton else not answer.get_response().raw_output_contents[0], output

    both(check)(servers)


def check_every_type(servers):
    def check(client, triton, *_):
        with Region(client, 65536) as region:
            inputs, outputs = [], []
            for i, (datatype, name, values) in enumerate(TYPES):
                shm.set_shared_memory_region(region.handle, [values], i * 64)
                inputs.append(tensor_at(triton, region, f"in_{name}", values.shape, datatype, values.nbytes, i * 64))
                outputs.append(output_at(triton, region, f"out_{name}", 64, 8192 + i * 64))
            client.infer("all_types", inputs, outputs=outputs)
            for i, (_, name, values) in enumerate(TYPES):
                equal(shm.get_contents_as_numpy(region.handle, values.dtype, values.shape, 8192 + i * 64), values)

    both(check)(servers)


def check_strings(servers):
    def check(client, triton, *_):
        packed = serialize_byte_tensor(STRINGS)
        size = len(packed.item())
        with Region(client, 65536) as region:
            shm.set_shared_memory_region(region.handle, [packed])
            inputs = [tensor_at(triton, region, "my_name", STRINGS.shape, "BYTES", size)]
            client.infer("strings", inputs, outputs=[output_at(triton, region, "my_name", size + 10, 16384)])
            found = shm.get_contents_as_numpy(region.handle, np.object_, list(STRINGS.shape), 16384)
            assert list(found) == list(STRINGS), found

    both(check)(servers)


def check_other_tensors_in_the_message(servers):
    def check(client, triton, *_):
        with Region(client, 8192) as region:
            inputs, outputs = [], []
            for i, (datatype, name, values) in enumerate(TYPES):
                if i % 2 == 0:
                    shm.set_shared_memory_region(region.handle, [values], i * 64)
                    inputs.append(tensor_at(triton, region, f"in_{name}", values.shape, datatype, values.nbytes, i * 64))
                    outputs.append(output_at(triton, region, f"out_{name}", 64, 4096 + i * 64))
                else:
                    inputs.append(triton.InferInput(f"in_{name}", list(values.shape), datatype))
                    inputs[-1].set_data_from_numpy(values)
                    outputs.append(triton.InferRequestedOutput(f"out_{name}"))
            answer = client.infer("all_types", inputs, outputs=outputs)
            for i, (_, name, values) in enumerate(TYPES):
                found = shm.get_contents_as_numpy(region.handle, values.dtype, values.shape, 4096 + i * 64) if i % 2 == 0 else answer.as_numpy(f"out_{name}")
                equal(found, values)

    both(check)(servers)


def check_output_too_small(servers):
    def check(client, triton, server, invalid, *_):
        with Region(client, 8192) as region:
            shm.set_shared_memory_region(region.handle, [B])
            inputs = [tensor_at(triton, region, "b", B.shape, "FP32", B.nbytes)]
            with fails(invalid, "at least 40", "Actual: 36"):
                client.infer("dummy", inputs, outputs=[output_at(triton, region, "a", 36, 64)])
            with fails(invalid, "8192 bytes", "40 bytes at offset 8160"):
                client.infer("dummy", inputs, outputs=[output_at(triton, region, "a", 40, 8160)])

    both(check)(servers)


def check_object_made_smaller(servers):
    def check(client, triton, server, invalid, *_):
        with Region(client, 2 * LARGE.nbytes) as region:
            result = dict(model="dynamic", values=LARGE, name="x", result="y", output_offset=LARGE.nbytes)
            call(client, triton, region, **result)
            equal(shm.get_contents_as_numpy(region.handle, np.float32, LARGE.shape, LARGE.nbytes), LARGE * 2)
            os.truncate(region.path, LARGE.nbytes)
            with fails(invalid, "made smaller after it was registered", "output name: y"):
                call(client, triton, region, **result)
            os.truncate(region.path, 0)
            inputs = [tensor_at(triton, region, "x", LARGE.shape, "FP32", LARGE.nbytes)]
            with fails(invalid, "made smaller after it was registered", "input name: x"):
                client.infer("dynamic", inputs)
            assert client.is_server_ready()

    both(check)(servers)


def check_object_whose_size_changes_all_the_time(servers):
    def check(client, triton, server, invalid, *_):
        with Region(client, 2 * LARGE.nbytes) as region:
            ended = threading.Event()

            def resize():
                while not ended.is_set():
                    os.truncate(region.path, 0)
                    os.truncate(region.path, 2 * LARGE.nbytes)

            thread = threading.Thread(target=resize)
            thread.start()
            try:
                inputs = [tensor_at(triton, region, "x", LARGE.shape, "FP32", LARGE.nbytes)]
                outputs = [output_at(triton, region, "y", LARGE.nbytes, LARGE.nbytes)]
                for _ in range(100):
                    try:
                        client.infer("dynamic", inputs, outputs=outputs)
                    except InferenceServerException as error:
                        assert error.status() == invalid and "made smaller" in error.message(), error
            finally:
                ended.set()
                thread.join()
            call(client, triton, region, model="dynamic", values=LARGE, name="x", result="y", output_offset=LARGE.nbytes)
            equal(shm.get_contents_as_numpy(region.handle, np.float32, LARGE.shape, LARGE.nbytes), LARGE * 2)

    both(check)(servers)


def check_unregister_during_a_call(servers):
    def check(client, triton, server, invalid, missing, *_):
        with Region(client, 8192) as region:
            shm.set_shared_memory_region(region.handle, [B])
            inputs = [tensor_at(triton, region, "b", B.shape, "FP32", B.nbytes)]
            outputs = [output_at(triton, region, "a", B.nbytes, 1024)]

            # One call alone waits half a second for others to make a batch. A call that came after the other one finds no region.
            if triton is grpc_triton:
                answers = queue.Queue()
                client.async_infer("slow", inputs, lambda result, error: answers.put(error), outputs=outputs)
                client.unregister_system_shared_memory(region.name)
                error = answers.get(timeout=60)
            else:
                pending = client.async_infer("slow", inputs, outputs=outputs)
                client.unregister_system_shared_memory(region.name)
                error = None
                try:
                    pending.get_result()
                except InferenceServerException as raised:
                    error = raised
            assert error is None or error.status() == missing, error
            if error is None:
                equal(shm.get_contents_as_numpy(region.handle, np.float32, [1, 10], 1024), B + 1)
            os.truncate(region.path, 0)
            assert client.is_server_ready()

    both(check)(servers)


def check_unlinked_object(servers):
    def check(client, triton, *_):
        with Region(client, 8192) as region:
            os.rename(region.path, f"{region.path}_elsewhere")
            try:
                call(client, triton, region, output_offset=1024)
                equal(shm.get_contents_as_numpy(region.handle, np.float32, [1, 10], 1024), B + 1)
            finally:
                os.rename(f"{region.path}_elsewhere", region.path)

    both(check)(servers)


run(dict(globals()))
