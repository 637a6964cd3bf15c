"""Streams of tritonclient.grpc."""

import queue

import numpy as np
import tritonclient.grpc as triton

from checks import equal, fails, run

B = np.arange(10, dtype=np.float32).reshape(1, 10)


class Stream:
    """A client with an open stream, and what came over it."""

    def __init__(self, servers, **options):
        self._answers = queue.Queue()
        self._client = triton.InferenceServerClient(servers["all"])
        self._client.start_stream(lambda result, error: self._answers.put((result, error)), **options)

    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        self._client.stop_stream(cancel_requests=kind is not None)
        self._client.close()

    def send(self, model, name, values, request_id, **options):
        tensor = triton.InferInput(name, list(values.shape), "FP32")
        tensor.set_data_from_numpy(values)
        self._client.async_stream_infer(model, [tensor], request_id=request_id, **options)

    def result(self):
        result, error = self._answers.get(timeout=60)
        if error is not None:
            raise error
        return result

    def answer(self, name, expected):
        result = self.result()
        equal(result.as_numpy(name), expected)
        return result.get_response()

    def is_quiet(self):
        return self._answers.empty()


def check_answers_come_in_order(servers):
    with Stream(servers) as stream:
        for i in range(100):
            stream.send("dummy", "b", B + i, str(i))
        for i in range(100):
            response = stream.answer("a", B + i + 1)
            assert response.id == str(i), response
            assert response.parameters["triton_final_response"].bool_param, response


def check_pipeline(servers):
    with Stream(servers) as stream:
        for i in range(20):
            stream.send("two", "in", B + i, str(i))
        for i in range(20):
            assert stream.answer("out", B + i + 2).id == str(i)


def check_models_of_one_stream(servers):
    with Stream(servers) as stream:
        stream.send("dummy", "b", B, "1")
        stream.send("two", "in", B, "2")
        stream.answer("a", B + 1)
        stream.answer("out", B + 2)


def check_fault_is_told_and_the_stream_goes_on(servers):
    with Stream(servers) as stream:
        stream.send("dummy", "b", B, "1")
        stream.send("dummy", "c", B, "2")
        stream.send("dummy", "b", B, "3")
        stream.answer("a", B + 1)
        try:
            stream.result()
            raise AssertionError("the wrong request was answered")
        except triton.InferenceServerException as error:
            assert "Missing input with specific name" in error.message(), error
        assert stream.answer("a", B + 1).id == "3"


def check_unknown_model(servers):
    with Stream(servers) as stream:
        stream.send("missing", "b", B, "1")
        with fails("StatusCode.NOT_FOUND", "Model with requested name is not found"):
            stream.result()


def check_deadline(servers):
    with Stream(servers, stream_timeout=1) as stream:
        stream.send("dummy", "b", B, "1")
        stream.answer("a", B + 1)
        with fails("StatusCode.DEADLINE_EXCEEDED"):
            stream.result()


def check_compression(servers):
    with Stream(servers, compression_algorithm="gzip") as stream:
        for i in range(5):
            stream.send("dummy", "b", B + i, str(i))
        for i in range(5):
            stream.answer("a", B + i + 1)


def check_sequences(servers):
    with Stream(servers) as stream:
        for step in range(10):
            for sequence in (1, 2):
                options = {"sequence_id": sequence, "sequence_start": step == 0, "sequence_end": step == 9}
                stream.send("sums", "x", np.full((1, 1), sequence, np.float32), f"{sequence}.{step}", **options)
        for step in range(10):
            for sequence in (1, 2):
                response = stream.answer("sum", np.full((1, 1), sequence * (step + 1), np.float32))
                assert response.id == f"{sequence}.{step}", response


def check_graph(servers):
    with Stream(servers) as stream:
        for i in range(20):
            stream.send("g", "in", B + i, str(i), parameters={"OVMS_MP_TIMESTAMP": i * 10})
        for i in range(20):
            for name, more, final in (("one", 1, False), ("two", 2, True)):
                response = by_output(stream, name, B + i + more)
                assert response.id == str(i), response
                assert response.parameters["OVMS_MP_TIMESTAMP"].int64_param == i * 10, response
                assert response.parameters["triton_final_response"].bool_param == final, response


# Each output has its own order, and the answers to two requests may be mixed.
def by_output(stream, name, expected):
    kept = stream.__dict__.setdefault("kept", [])
    while True:
        for result in kept:
            if result.get_response().outputs[0].name == name:
                kept.remove(result)
                equal(result.as_numpy(name), expected)
                return result.get_response()
        kept.append(stream.result())


def check_empty_final_response_of_a_graph(servers):
    with Stream(servers) as stream:
        for i in range(3):
            stream.send("g", "in", B, str(i), enable_empty_final_response=True)
            for name, more in (("one", 1), ("two", 2)):
                response = stream.answer(name, B + more)
                assert not response.parameters["triton_final_response"].bool_param, response
            last = stream.result().get_response()
            assert (last.id, len(last.outputs)) == (str(i), 0), last
            assert last.parameters["triton_final_response"].bool_param, last


def check_failure_of_a_graph_comes_at_once(servers):
    with Stream(servers) as stream:
        stream.send("g", "in", B, "1")
        stream.answer("one", B + 1)
        stream.answer("two", B + 2)
        stream.send("g", "in", np.zeros((1, 11), np.float32), "2")
        with fails("StatusCode.INVALID_ARGUMENT", "Mediapipe execution failed. MP status", "Invalid input shape"):
            stream.result()


run(dict(globals()))
