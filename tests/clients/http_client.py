"""Calls of tritonclient.http."""

import numpy as np
import tritonclient.http as triton

from checks import STRINGS, TYPES, equal, fails, run

B = np.arange(10, dtype=np.float32).reshape(1, 10)
ALGORITHMS = ("gzip", "deflate")


def dummy_input(values=B, datatype="FP32", name="b", binary=True):
    tensor = triton.InferInput(name, list(values.shape), datatype)
    tensor.set_data_from_numpy(values, binary_data=binary)
    return [tensor]


def check_health(servers):
    with triton.InferenceServerClient(servers["dummy"]) as client:
        assert client.is_server_live()
        assert client.is_server_ready()
        assert client.is_model_ready("dummy")
        assert client.is_model_ready("dummy", "1")
        assert not client.is_model_ready("missing")


def check_server_metadata(servers):
    with triton.InferenceServerClient(servers["dummy"]) as client:
        metadata = client.get_server_metadata()
        assert metadata["name"] == "OpenVINO Model Server", metadata
        assert metadata["version"], metadata


def check_model_metadata(servers):
    with triton.InferenceServerClient(servers["dummy"]) as client:
        metadata = client.get_model_metadata("dummy")
        assert metadata["name"] == "dummy", metadata
        assert metadata["versions"] == ["1"], metadata
        assert metadata["platform"] == "OpenVINO", metadata
        assert metadata["inputs"] == [{"name": "b", "datatype": "FP32", "shape": [1, 10]}], metadata
        assert metadata["outputs"] == [{"name": "a", "datatype": "FP32", "shape": [1, 10]}], metadata
        assert client.get_model_metadata("dummy", "1") == metadata


def check_infer(servers):
    with triton.InferenceServerClient(servers["dummy"]) as client:
        result = client.infer("dummy", dummy_input(), request_id="call-7")
        equal(result.as_numpy("a"), B + 1)
        response = result.get_response()
        assert (response["model_name"], response["model_version"], response["id"]) == ("dummy", "1", "call-7"), response


def check_binary_and_json(servers):
    with triton.InferenceServerClient(servers["dummy"]) as client:
        for binary_in in (True, False):
            for binary_out in (True, False):
                outputs = [triton.InferRequestedOutput("a", binary_data=binary_out)]
                result = client.infer("dummy", dummy_input(binary=binary_in), outputs=outputs)
                equal(result.as_numpy("a"), B + 1)
                assert ("data" in result.get_output("a")) != binary_out, result.get_output("a")


def check_version(servers):
    with triton.InferenceServerClient(servers["dummy"]) as client:
        equal(client.infer("dummy", dummy_input(), model_version="1").as_numpy("a"), B + 1)


def check_parameters_headers_and_query(servers):
    with triton.InferenceServerClient(servers["dummy"]) as client:
        result = client.infer(
            "dummy", dummy_input(), priority=1, timeout=1_000_000, parameters={"mine": "text", "other": 7, "third": True},
            headers={"X-Mine": "1"}, query_params={"mine": 1})
        equal(result.as_numpy("a"), B + 1)


def check_requested_outputs(servers):
    with triton.InferenceServerClient(servers["all_types"]) as client:
        wanted = [("out_f16", True), ("out_boolean", False), ("out_i64", True)]
        outputs = [triton.InferRequestedOutput(name, binary_data=binary) for name, binary in wanted]
        result = client.infer("all_types", type_inputs(), outputs=outputs)
        assert [(output["name"], "data" not in output) for output in result.get_response()["outputs"]] == wanted, result.get_response()
        for name, _ in wanted:
            equal(result.as_numpy(name), next(values for _, known, values in TYPES if name == f"out_{known}"))


def check_every_type_binary(servers):
    with triton.InferenceServerClient(servers["all_types"]) as client:
        result = client.infer("all_types", type_inputs())
        for _, name, values in TYPES:
            equal(result.as_numpy(f"out_{name}"), values)


def check_every_type_json(servers):
    # The client itself writes neither FP16 nor BF16 as JSON, and reads BF16 only from bytes.
    bytes_only = ("FP16", "BF16")
    with triton.InferenceServerClient(servers["all_types"]) as client:
        tensors = []
        for datatype, name, values in TYPES:
            tensor = triton.InferInput(f"in_{name}", list(values.shape), datatype)
            tensor.set_data_from_numpy(values, binary_data=datatype in bytes_only)
            tensors.append(tensor)
        outputs = [triton.InferRequestedOutput(f"out_{name}", binary_data=datatype == "BF16") for datatype, name, _ in TYPES]
        result = client.infer("all_types", tensors, outputs=outputs)
        for _, name, values in TYPES:
            equal(result.as_numpy(f"out_{name}"), values)


def check_strings_binary(servers):
    with triton.InferenceServerClient(servers["strings"]) as client:
        equal(client.infer("strings", dummy_input(STRINGS, "BYTES", "my_name")).as_numpy("my_name"), STRINGS)


def check_strings_json(servers):
    # numpy returns text for JSON, bytes for the binary form.
    texts = STRINGS[:-1]
    with triton.InferenceServerClient(servers["strings"]) as client:
        outputs = [triton.InferRequestedOutput("my_name", binary_data=False)]
        result = client.infer("strings", dummy_input(texts, "BYTES", "my_name", binary=False), outputs=outputs)
        assert [str(text) for text in result.as_numpy("my_name")] == [text.decode() for text in texts], result.as_numpy("my_name")


def check_bytes_that_are_no_text_in_json(servers):
    with triton.InferenceServerClient(servers["strings"]) as client:
        with fails("400", "my_name", "UTF-8"):
            outputs = [triton.InferRequestedOutput("my_name", binary_data=False)]
            client.infer("strings", dummy_input(STRINGS, "BYTES", "my_name"), outputs=outputs)


def check_compressed_requests(servers):
    with triton.InferenceServerClient(servers["dummy"]) as client:
        for algorithm in ALGORITHMS:
            for binary in (True, False):
                equal(client.infer("dummy", dummy_input(binary=binary), request_compression_algorithm=algorithm).as_numpy("a"), B + 1)


def check_compressed_answers(servers):
    with triton.InferenceServerClient(servers["strings"]) as client:
        long = np.array([b"x" * 20000], dtype=object)
        for algorithm in ALGORITHMS:
            for binary in (True, False):
                outputs = [triton.InferRequestedOutput("my_name", binary_data=binary)]
                inputs = dummy_input(long, "BYTES", "my_name")
                result = client.infer("strings", inputs, outputs=outputs, response_compression_algorithm=algorithm)
                answer = result.as_numpy("my_name")[0]
                assert (answer if isinstance(answer, bytes) else answer.encode()) == long[0]


def check_compression_both_ways(servers):
    with triton.InferenceServerClient(servers["dummy"]) as client:
        for request in ALGORITHMS:
            for response in ALGORITHMS:
                result = client.infer(
                    "dummy", dummy_input(), request_compression_algorithm=request, response_compression_algorithm=response)
                equal(result.as_numpy("a"), B + 1)


def check_ready_made_body(servers):
    body, json_length = triton.InferenceServerClient.generate_request_body(dummy_input())
    with triton.InferenceServerClient(servers["dummy"]) as client:
        headers = {"Inference-Header-Content-Length": str(json_length)}
        response = client._post("v2/models/dummy/infer", body, headers, None)
        answer_length = response.get("Inference-Header-Content-Length")
        result = triton.InferenceServerClient.parse_response_body(response.read(), header_length=answer_length and int(answer_length))
        equal(result.as_numpy("a"), B + 1)


def check_timeout(servers):
    # The server waits for a full batch that never comes, far longer than the caller. The batch timeout runs by the clock and not from a
    # call. The first answer, without a limit, ends one, so that the next call meets one that has just begun.
    with triton.InferenceServerClient(servers["slow"]) as client:
        client.infer("slow", dummy_input())
    with triton.InferenceServerClient(servers["slow"], network_timeout=0.1) as client:
        try:
            client.infer("slow", dummy_input())
            raise AssertionError("expected a timeout, the call succeeded")
        except TimeoutError:
            pass
    with triton.InferenceServerClient(servers["slow"]) as client:
        equal(client.infer("slow", dummy_input()).as_numpy("a"), B + 1)


def check_async_infer(servers):
    with triton.InferenceServerClient(servers["dummy"], concurrency=4) as client:
        calls = [client.async_infer("dummy", dummy_input(B + i)) for i in range(20)]
        for i, call in enumerate(calls):
            equal(call.get_result(timeout=60).as_numpy("a"), B + i + 1)


def check_unknown_model(servers):
    with triton.InferenceServerClient(servers["dummy"]) as client:
        with fails("404", "Model with requested name is not found"):
            client.infer("missing", dummy_input())
        with fails("404", "Model with requested name is not found"):
            client.get_model_metadata("missing")


def check_unknown_version(servers):
    with triton.InferenceServerClient(servers["dummy"]) as client:
        assert not client.is_model_ready("dummy", "7")
        with fails("404", "Model with requested version is not found"):
            client.infer("dummy", dummy_input(), model_version="7")


def check_callers_faults(servers):
    with triton.InferenceServerClient(servers["dummy"]) as client:
        with fails("400", "Invalid number of inputs"):
            client.infer("dummy", [])
        with fails("400", "Missing input with specific name", "b"):
            client.infer("dummy", dummy_input(name="c"))
        with fails("400", "Invalid input precision", "FP32", "INT32"):
            client.infer("dummy", dummy_input(B.astype(np.int32), "INT32"))
        with fails("400", "Invalid number of shape dimensions", "(1,10)", "(10)"):
            client.infer("dummy", dummy_input(B[0]))
        with fails("400", "Invalid input batch size"):
            client.infer("dummy", dummy_input(np.zeros((2, 10), np.float32)))
        with fails("400", "Invalid input shape", "(1,10)", "(1,11)"):
            client.infer("dummy", dummy_input(np.zeros((1, 11), np.float32), binary=False))
        with fails("400"):
            client.infer("dummy", dummy_input(), outputs=[triton.InferRequestedOutput("missing")])


def check_model_config(servers):
    with triton.InferenceServerClient(servers["dummy"]) as client:
        config = client.get_model_config("dummy", "1")
        assert (config["name"], config["max_batch_size"]) == ("dummy", 0), config
        assert config["input"] == [{"name": "b", "data_type": "TYPE_FP32", "dims": [1, 10]}], config
    with triton.InferenceServerClient(servers["all_types"]) as client:
        config = client.get_model_config("all_types")
        assert config["max_batch_size"] == 1024, config
        assert {tensor["name"]: (tensor["data_type"], tensor["dims"]) for tensor in config["input"]} == {
            f"in_{name}": (f"TYPE_{datatype}", [4]) for datatype, name, _ in TYPES}, config
    with triton.InferenceServerClient(servers["sums"]) as client:
        assert "sequence_batching" in client.get_model_config("sums")


def check_statistics(servers):
    with triton.InferenceServerClient(servers["counted"]) as client:
        before = client.get_inference_statistics("dummy", "1")["model_stats"][0]
        for _ in range(3):
            client.infer("dummy", dummy_input())
        after = client.get_inference_statistics()["model_stats"][0]
        for phase in ("success", "queue", "compute_input", "compute_infer", "compute_output"):
            assert after["inference_stats"][phase]["count"] - before["inference_stats"][phase]["count"] == 3, after
        with fails("404", "missing"):
            client.get_inference_statistics("missing")


def check_repository_index(servers):
    with triton.InferenceServerClient(servers["dummy"]) as client:
        assert client.get_model_repository_index() == [{"name": "dummy", "version": "1", "state": "READY", "reason": ""}]


def check_settings_and_shared_memory_are_read(servers):
    with triton.InferenceServerClient(servers["dummy"]) as client:
        assert client.get_trace_settings("dummy")["trace_level"] == ["OFF"]
        assert client.update_trace_settings(settings={"trace_level": "OFF", "trace_rate": None})["trace_rate"] == "1000"
        assert client.get_log_settings()["log_info"] is True
        assert client.get_system_shared_memory_status() == []
        assert client.get_cuda_shared_memory_status() == []
        client.unregister_system_shared_memory()
        client.unregister_cuda_shared_memory()
        assert "statistics" in client.get_server_metadata()["extensions"]


def check_what_is_not_there(servers):
    with triton.InferenceServerClient(servers["dummy"]) as client:
        for call in (
            lambda: client.load_model("dummy"),
            lambda: client.unload_model("dummy"),
            lambda: client.update_trace_settings("dummy", {"trace_level": ["TENSORS"]}),
            lambda: client.update_log_settings({"log_verbose_level": 1}),
        ):
            with fails("501"):
                call()


def check_answers_go_on_after_faults(servers):
    with triton.InferenceServerClient(servers["dummy"], concurrency=1) as client:
        for _ in range(5):
            with fails("404"):
                client.infer("missing", dummy_input())
            equal(client.infer("dummy", dummy_input()).as_numpy("a"), B + 1)


def one_number(value, datatype="FP32", name="x", shape=(1, 1), kind=np.float32):
    tensor = triton.InferInput(name, list(shape), datatype)
    tensor.set_data_from_numpy(np.full(shape, value, kind))
    return tensor


def check_sequence_by_arguments(servers):
    with triton.InferenceServerClient(servers["sums"]) as client:
        for sequence in (42, "forty-two"):
            for step, (start, end) in enumerate(((True, False), (False, False), (False, True))):
                result = client.infer("sums", [one_number(10)], sequence_id=sequence, sequence_start=start, sequence_end=end)
                equal(result.as_numpy("sum"), np.full((1, 1), 10 * (step + 1), np.float32))
                told = result.get_response()["parameters"]["sequence_id"]
                assert told == sequence, result.get_response()
            with fails("404", "Sequence with provided ID does not exist"):
                client.infer("sums", [one_number(1)], sequence_id=sequence)


def check_sequence_by_tensors(servers):
    def control(value):
        return one_number(value, "UINT32", "sequence_control_input", (1,), np.uint32)

    with triton.InferenceServerClient(servers["sums"]) as client:
        sequence = client.infer("sums", [one_number(1), control(1)]).as_numpy("sequence_id")
        named = one_number(sequence[0], "UINT64", "sequence_id", (1,), np.uint64)
        with fails("409", "Sequence with provided ID already exists"):
            client.infer("sums", [one_number(1), named, control(1)])
        outputs = [triton.InferRequestedOutput("sum"), triton.InferRequestedOutput("sequence_id")]
        result = client.infer("sums", [one_number(2), named, control(2)], outputs=outputs)
        equal(result.as_numpy("sum"), np.full((1, 1), 3, np.float32))
        equal(result.as_numpy("sequence_id"), sequence)


def type_inputs():
    tensors = []
    for datatype, name, values in TYPES:
        tensor = triton.InferInput(f"in_{name}", list(values.shape), datatype)
        tensor.set_data_from_numpy(values)
        tensors.append(tensor)
    return tensors


run(dict(globals()))
