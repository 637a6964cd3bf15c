"""Calls of the openai package, as its documentation shows them."""

import asyncio

import openai

from checks import run

MODEL = "llama"
MESSAGES = [{"role": "user", "content": "Tell me of the licence."}]


def client(servers, version="v3"):
    return openai.OpenAI(base_url=f"http://{servers['chat']}/{version}", api_key="unused", max_retries=0)


def refused(kind, status, words, call):
    try:
        call()
    except kind as error:
        assert error.status_code == status, error.status_code
        assert words in str(error), str(error)
    else:
        raise AssertionError(f"expected {kind.__name__}, the call succeeded")


def check_models(servers):
    for version in ("v3", "v1"):
        models = [model.id for model in client(servers, version).models.list()]
        assert models == [MODEL], models
    assert client(servers).models.retrieve(MODEL).id == MODEL


def check_chat(servers):
    answer = client(servers).chat.completions.create(
        model=MODEL, messages=MESSAGES, max_completion_tokens=8, temperature=0, extra_body={"ignore_eos": True})
    assert answer.id.startswith("chatcmpl-"), answer.id
    assert answer.object == "chat.completion", answer.object
    assert answer.choices[0].message.role == "assistant"
    assert answer.choices[0].message.content
    assert answer.choices[0].finish_reason == "length"
    assert answer.usage.completion_tokens == 8
    assert answer.usage.total_tokens == answer.usage.prompt_tokens + 8


def check_chat_stream(servers):
    arguments = dict(model=MODEL, messages=MESSAGES, max_tokens=8, temperature=0, extra_body={"ignore_eos": True})
    whole = client(servers).chat.completions.create(**arguments)
    chunks = list(client(servers, "v1").chat.completions.create(stream=True, stream_options={"include_usage": True}, **arguments))
    assert len({chunk.id for chunk in chunks}) == 1
    assert chunks[0].choices[0].delta.role == "assistant"
    text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
    assert text == whole.choices[0].message.content, text
    assert chunks[-2].choices[0].finish_reason == "length"
    assert chunks[-1].choices == [] and chunks[-1].usage.completion_tokens == 8


def check_chat_stream_helper(servers):
    # The end token comes as soon as it may: an answer that its limit cuts is an error to this helper.
    with client(servers).chat.completions.stream(
            model=MODEL, messages=MESSAGES, logit_bias={"2": 100}, extra_body={"min_tokens": 6}) as stream:
        kinds = [event.type for event in stream]
        final = stream.get_final_completion()
    assert "content.delta" in kinds, kinds
    assert final.choices[0].finish_reason == "stop"
    assert final.choices[0].message.content


def check_log_probabilities(servers):
    answer = client(servers).chat.completions.create(
        model=MODEL, messages=MESSAGES, max_tokens=4, logprobs=True, top_logprobs=3, temperature=0, extra_body={"ignore_eos": True})
    tokens = answer.choices[0].logprobs.content
    assert len(tokens) == 4
    for token in tokens:
        assert token.logprob <= 0
        assert [best.token for best in token.top_logprobs][0] == token.token
        assert bytes(token.bytes).decode(errors="replace") == token.token


def check_completions(servers):
    answer = client(servers).completions.create(
        model=MODEL, prompt=["The licence", "of"], max_tokens=5, n=2, seed=1, extra_body={"ignore_eos": True})
    assert [choice.index for choice in answer.choices] == [0, 1, 2, 3]
    assert answer.usage.completion_tokens == 20
    chunks = list(client(servers).completions.create(model=MODEL, prompt="The licence", max_tokens=5, stream=True))
    assert chunks[-1].choices[0].finish_reason in ("stop", "length")


def check_token_ids_as_prompt(servers):
    answer = client(servers).completions.create(model=MODEL, prompt=[1451, 315, 325], max_tokens=1, logprobs=2, echo=True)
    assert answer.usage.prompt_tokens == 3
    assert answer.choices[0].logprobs.token_logprobs[0] is None
    assert len(answer.choices[0].logprobs.tokens) >= 3


def check_faults(servers):
    chat = client(servers).chat.completions
    refused(openai.BadRequestError, 400, "temperature", lambda: chat.create(model=MODEL, messages=MESSAGES, temperature=3))
    refused(openai.BadRequestError, 400, "top_p", lambda: chat.create(model=MODEL, messages=MESSAGES, top_p=5, stream=True))
    refused(openai.NotFoundError, 404, "missing", lambda: chat.create(model="missing", messages=MESSAGES))
    refused(openai.NotFoundError, 404, "missing", lambda: client(servers).models.retrieve("missing"))


def check_eight_at_once(servers):
    async def call():
        async with openai.AsyncOpenAI(base_url=f"http://{servers['chat']}/v3", api_key="unused", max_retries=0) as many:
            return await asyncio.gather(*(many.chat.completions.create(
                model=MODEL, messages=MESSAGES, max_tokens=16, temperature=0, extra_body={"ignore_eos": True}) for _ in range(8)))

    assert len({answer.choices[0].message.content for answer in asyncio.run(call())}) == 1


run(dict(globals()))
