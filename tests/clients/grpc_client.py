"""Calls of tritonclient.grpc."""

import queue
import threading

import numpy as np
import tritonclient.grpc as triton

from checks import STRINGS, TYPES, equal, fails, run

B = np.arange(10, dtype=np.float32).reshape(1, 10)


def dummy_input(values=B, datatype="FP32", name="b"):
    tensor = triton.InferInput(name, list(values.shape), datatype)
    tensor.set_data_from_numpy(values)
    return [tensor]


def check_health(servers):
    with triton.InferenceServerClient(servers["dummy"]) as client:
        assert client.is_server_live()
        assert client.is_server_ready()
        assert client.is_model_ready("dummy")
        assert client.is_model_ready("dummy", "1")


def check_server_metadata(servers):
    with triton.InferenceServerClient(servers["dummy"]) as client:
        metadata = client.get_server_metadata()
        assert metadata.name == "OpenVINO Model Server", metadata
        assert metadata.version, metadata


def check_model_metadata(servers):
    with triton.InferenceServerClient(servers["dummy"]) as client:
        metadata = client.get_model_metadata("dummy", as_json=True)
        assert metadata["name"] == "dummy", metadata
        assert metadata["versions"] == ["1"], metadata
        assert metadata["platform"] == "OpenVINO", metadata
        assert metadata["inputs"] == [{"name": "b", "datatype": "FP32", "shape": ["1", "10"]}], metadata
        assert metadata["outputs"] == [{"name": "a", "datatype": "FP32", "shape": ["1", "10"]}], metadata


def check_metadata_of_open_dimensions(servers):
    with triton.InferenceServerClient(servers["all_types"]) as client:
        metadata = client.get_model_metadata("all_types")
        for datatype, name, _ in TYPES:
            tensor = next(tensor for tensor in metadata.inputs if tensor.name == f"in_{name}")
            assert (tensor.datatype, list(tensor.shape)) == (datatype, [-1, 4]), tensor


def check_infer(servers):
    with triton.InferenceServerClient(servers["dummy"]) as client:
        result = client.infer("dummy", dummy_input(), request_id="call-7")
        equal(result.as_numpy("a"), B + 1)
        response = result.get_response()
        assert (response.model_name, response.model_version, response.id) == ("dummy", "1", "call-7"), response


def check_version(servers):
    with triton.InferenceServerClient(servers["dummy"]) as client:
        equal(client.infer("dummy", dummy_input(), model_version="1").as_numpy("a"), B + 1)


def check_parameters_and_headers(servers):
    with triton.InferenceServerClient(servers["dummy"]) as client:
        parameters = {"mine": "text", "other": 7, "third": True}
        result = client.infer("dummy", dummy_input(), priority=1, timeout=1_000_000, parameters=parameters, headers={"x-mine": "1"})
        equal(result.as_numpy("a"), B + 1)


def check_requested_outputs(servers):
    with triton.InferenceServerClient(servers["all_types"]) as client:
        wanted = ["out_f16", "out_boolean"]
        result = client.infer("all_types", type_inputs(), outputs=[triton.InferRequestedOutput(name) for name in wanted])
        assert [output.name for output in result.get_response().outputs] == wanted, result.get_response()


def check_every_type(servers):
    with triton.InferenceServerClient(servers["all_types"]) as client:
        result = client.infer("all_types", type_inputs())
        for _, name, values in TYPES:
            equal(result.as_numpy(f"out_{name}"), values)


def check_strings(servers):
    with triton.InferenceServerClient(servers["strings"]) as client:
        result = client.infer("strings", dummy_input(STRINGS, "BYTES", "my_name"))
        equal(result.as_numpy("my_name"), STRINGS)


def check_compression(servers):
    with triton.InferenceServerClient(servers["dummy"]) as client:
        for algorithm in ("gzip", "deflate"):
            equal(client.infer("dummy", dummy_input(), compression_algorithm=algorithm).as_numpy("a"), B + 1)


def check_deadline(servers):
    # The server waits for a full batch that never comes, far longer than the caller.
    with triton.InferenceServerClient(servers["slow"]) as client:
        # The batch timeout runs by the clock and not from a call. This answer ends one, so that the next call meets one that has just
        # begun.
        client.infer("slow", dummy_input(), client_timeout=60)
        with fails("StatusCode.DEADLINE_EXCEEDED"):
            client.infer("slow", dummy_input(), client_timeout=0.1)
        equal(client.infer("slow", dummy_input(), client_timeout=60).as_numpy("a"), B + 1)


def check_async_infer(servers):
    answers = queue.Queue()
    with triton.InferenceServerClient(servers["dummy"]) as client:
        for i in range(20):
            client.async_infer("dummy", dummy_input(B + i), lambda result, error, i=i: answers.put((i, result, error)))
        for _ in range(20):
            i, result, error = answers.get(timeout=60)
            assert error is None, error
            equal(result.as_numpy("a"), B + i + 1)


def check_threads(servers):
    wrong = queue.Queue()

    def call(offset):
        try:
            with triton.InferenceServerClient(servers["dummy"]) as client:
                for i in range(20):
                    equal(client.infer("dummy", dummy_input(B * offset + i)).as_numpy("a"), B * offset + i + 1)
        except BaseException as error:
            wrong.put(error)

    threads = [threading.Thread(target=call, args=(offset,)) for offset in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong.empty(), wrong.get()


def check_unknown_model(servers):
    with triton.InferenceServerClient(servers["dummy"]) as client:
        with fails("StatusCode.NOT_FOUND", "Model with requested name is not found"):
            client.infer("missing", dummy_input())
        with fails("StatusCode.NOT_FOUND", "Model with requested name is not found"):
            client.is_model_ready("missing")
        with fails("StatusCode.NOT_FOUND", "Model with requested name is not found"):
            client.get_model_metadata("missing")


def check_unknown_version(servers):
    with triton.InferenceServerClient(servers["dummy"]) as client:
        with fails("StatusCode.NOT_FOUND", "Model with requested version is not found"):
            client.infer("dummy", dummy_input(), model_version="7")
        with fails("StatusCode.INVALID_ARGUMENT"):
            client.infer("dummy", dummy_input(), model_version="first")


def check_callers_faults(servers):
    with triton.InferenceServerClient(servers["dummy"]) as client:
        with fails("StatusCode.INVALID_ARGUMENT", "Invalid number of inputs"):
            client.infer("dummy", [])
        with fails("StatusCode.INVALID_ARGUMENT", "Missing input with specific name", "b"):
            client.infer("dummy", dummy_input(name="c"))
        with fails("StatusCode.INVALID_ARGUMENT", "Invalid input precision", "FP32", "INT32"):
            client.infer("dummy", dummy_input(B.astype(np.int32), "INT32"))
        with fails("StatusCode.INVALID_ARGUMENT", "Invalid number of shape dimensions", "(1,10)", "(10)"):
            client.infer("dummy", dummy_input(B[0]))
        with fails("StatusCode.INVALID_ARGUMENT", "Invalid input batch size"):
            client.infer("dummy", dummy_input(np.zeros((2, 10), np.float32)))
        with fails("StatusCode.INVALID_ARGUMENT", "Invalid input shape", "(1,10)", "(1,11)"):
            client.infer("dummy", dummy_input(np.zeros((1, 11), np.float32)))
        with fails("StatusCode.INVALID_ARGUMENT"):
            client.infer("dummy", dummy_input(), outputs=[triton.InferRequestedOutput("missing")])


def check_model_config(servers):
    with triton.InferenceServerClient(servers["dummy"]) as client:
        config = client.get_model_config("dummy", "1").config
        assert (config.name, config.platform, config.backend, config.max_batch_size) == ("dummy", "openvino", "openvino", 0), config
        assert [(tensor.name, tensor.data_type, list(tensor.dims)) for tensor in config.input] == [("b", 11, [1, 10])], config
        assert [(tensor.name, tensor.data_type, list(tensor.dims)) for tensor in config.output] == [("a", 11, [1, 10])], config
        assert config.instance_group[0].count >= 1, config
        assert not config.HasField("sequence_batching"), config
        assert not config.model_transaction_policy.decoupled, config
    with triton.InferenceServerClient(servers["all_types"]) as client:
        config = client.get_model_config("all_types").config
        assert config.max_batch_size == 1024, config
        types = {tensor.name: (tensor.data_type, list(tensor.dims)) for tensor in config.input}
        numbers = {
            "BOOL": 1, "UINT8": 2, "UINT16": 3, "UINT32": 4, "UINT64": 5, "INT8": 6, "INT16": 7, "INT32": 8, "INT64": 9,
            "FP16": 10, "FP32": 11, "FP64": 12, "BF16": 14,
        }
        assert types == {f"in_{name}": (numbers[datatype], [4]) for datatype, name, _ in TYPES}, config
    with triton.InferenceServerClient(servers["sums"]) as client:
        assert client.get_model_config("sums").config.HasField("sequence_batching")
    with triton.InferenceServerClient(servers["strings"]) as client:
        config = client.get_model_config("strings").config
        assert (config.max_batch_size, config.input[0].data_type, list(config.input[0].dims)) == (0, 13, [-1]), config


def check_statistics(servers):
    with triton.InferenceServerClient(servers["counted"]) as client:
        before = client.get_inference_statistics("dummy", "1").model_stats[0]
        for _ in range(3):
            client.infer("dummy", dummy_input())
        after = client.get_inference_statistics().model_stats[0]
        assert (after.name, after.version) == ("dummy", "1"), after
        for phase in ("success", "queue", "compute_input", "compute_infer", "compute_output"):
            assert getattr(after.inference_stats, phase).count - getattr(before.inference_stats, phase).count == 3, after
        assert after.inference_count - before.inference_count == 3, after
        assert after.execution_count - before.execution_count == 3, after
        assert after.last_inference >= before.last_inference > 0 or before.last_inference == 0 < after.last_inference, after
        assert [batch.batch_size for batch in after.batch_stats] == [1], after
        with fails("StatusCode.NOT_FOUND", "missing"):
            client.get_inference_statistics("missing")


def check_repository_index(servers):
    with triton.InferenceServerClient(servers["dummy"]) as client:
        models = client.get_model_repository_index().models
        assert [(model.name, model.version, model.state, model.reason) for model in models] == [("dummy", "1", "READY", "")], models


def check_settings_and_shared_memory_are_read(servers):
    with triton.InferenceServerClient(servers["dummy"]) as client:
        assert list(client.get_trace_settings("dummy").settings["trace_level"].value) == ["OFF"]
        settings = client.update_trace_settings("dummy", {"trace_level": "OFF", "trace_rate": None}).settings
        assert list(settings["trace_rate"].value) == ["1000"]
        assert client.get_log_settings().settings["log_info"].bool_param
        assert not client.get_system_shared_memory_status().regions
        assert not client.get_cuda_shared_memory_status().regions
        client.unregister_system_shared_memory()
        client.unregister_cuda_shared_memory()
        assert "statistics" in client.get_server_metadata().extensions


def check_what_is_not_there(servers):
    with triton.InferenceServerClient(servers["dummy"]) as client:
        for call in (
            lambda: client.load_model("dummy"),
            lambda: client.unload_model("dummy"),
            lambda: client.update_trace_settings("dummy", {"trace_level": "TENSORS"}),
            lambda: client.update_log_settings({"log_verbose_level": 1}),
        ):
            with fails("StatusCode.UNIMPLEMENTED"):
                call()


def one_number(value, datatype="FP32", name="x", shape=(1, 1), kind=np.float32):
    tensor = triton.InferInput(name, list(shape), datatype)
    tensor.set_data_from_numpy(np.full(shape, value, kind))
    return tensor


def check_sequence_by_arguments(servers):
    with triton.InferenceServerClient(servers["sums"]) as client:
        for sequence in (41, "forty-one"):
            for step, (start, end) in enumerate(((True, False), (False, False), (False, True))):
                result = client.infer("sums", [one_number(10)], sequence_id=sequence, sequence_start=start, sequence_end=end)
                equal(result.as_numpy("sum"), np.full((1, 1), 10 * (step + 1), np.float32))
                parameter = result.get_response().parameters["sequence_id"]
                told = parameter.int64_param if sequence == 41 else parameter.string_param
                assert told == sequence, result.get_response()
            with fails("StatusCode.NOT_FOUND", "Sequence with provided ID does not exist"):
                client.infer("sums", [one_number(1)], sequence_id=sequence)


def check_sequence_by_tensors(servers):
    def control(value):
        return one_number(value, "UINT32", "sequence_control_input", (1,), np.uint32)

    with triton.InferenceServerClient(servers["sums"]) as client:
        sequence = client.infer("sums", [one_number(1), control(1)]).as_numpy("sequence_id")
        named = one_number(sequence[0], "UINT64", "sequence_id", (1,), np.uint64)
        with fails("StatusCode.ALREADY_EXISTS", "Sequence with provided ID already exists"):
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
