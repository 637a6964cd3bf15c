"""Calls of tritonclient's asyncio clients over both protocols. Addresses: the same names with _http for REST."""

import asyncio

import numpy as np
import tritonclient.grpc.aio as grpc_triton
import tritonclient.http.aio as http_triton

from checks import equal, fails, run

B = np.arange(10, dtype=np.float32).reshape(1, 10)


def dummy_input(triton, values=B):
    tensor = triton.InferInput("b", list(values.shape), "FP32")
    tensor.set_data_from_numpy(values)
    return [tensor]


async def many(client, triton):
    answers = await asyncio.gather(*(client.infer("dummy", dummy_input(triton, B + i)) for i in range(32)))
    for i, answer in enumerate(answers):
        equal(answer.as_numpy("a"), B + i + 1)


def check_grpc(servers):
    async def calls():
        async with grpc_triton.InferenceServerClient(servers["dummy"]) as client:
            assert await client.is_server_ready()
            await many(client, grpc_triton)
            with fails("StatusCode.NOT_FOUND", "Model with requested name is not found"):
                await client.infer("missing", dummy_input(grpc_triton))

    asyncio.run(calls())


def check_grpc_cancel(servers):
    async def calls():
        async with grpc_triton.InferenceServerClient(servers["dummy"]) as client:
            for _ in range(50):
                call = asyncio.ensure_future(client.infer("dummy", dummy_input(grpc_triton)))
                await asyncio.sleep(0)
                call.cancel()
                await asyncio.gather(call, return_exceptions=True)
            await many(client, grpc_triton)

    asyncio.run(calls())


def check_http(servers):
    async def calls():
        async with http_triton.InferenceServerClient(servers["dummy_http"]) as client:
            assert await client.is_server_ready()
            await many(client, http_triton)
            with fails("404", "Model with requested name is not found"):
                await client.infer("missing", dummy_input(http_triton))

    asyncio.run(calls())


run(dict(globals()))
