// Calls of the openai package, as its documentation shows them. Arguments: the package's folder, the server's address.
import { createRequire } from "node:module";
import assert from "node:assert/strict";

const [folder, server] = process.argv.slice(2);
const { OpenAI, BadRequestError, NotFoundError } = createRequire(`${folder}/package.json`)("openai");
const client = new OpenAI({ baseURL: `http://${server}/v3`, apiKey: "unused", maxRetries: 0 });
const model = "llama";
const messages = [{ role: "user", content: "Tell me of the licence." }];
const rest = { model, messages, max_tokens: 8, temperature: 0, ignore_eos: true };

const checks = {
    async models() {
        const names = [];
        for await (const one of client.models.list()) names.push(one.id);
        assert.deepEqual(names, [model]);
        assert.equal((await client.models.retrieve(model)).id, model);
    },
    async chat() {
        const answer = await client.chat.completions.create(rest);
        assert.equal(answer.choices[0].message.role, "assistant");
        assert.equal(answer.choices[0].finish_reason, "length");
        assert.equal(answer.usage.completion_tokens, 8);
    },
    async stream() {
        const whole = await client.chat.completions.create(rest);
        const stream = await client.chat.completions.create({ ...rest, stream: true, stream_options: { include_usage: true } });
        let text = "";
        let usage = null;
        for await (const chunk of stream) {
            text += chunk.choices[0]?.delta?.content ?? "";
            usage = chunk.usage ?? usage;
        }
        assert.equal(text, whole.choices[0].message.content);
        assert.equal(usage.completion_tokens, 8);
    },
    async leaving() {
        const stream = await client.chat.completions.create({ ...rest, max_tokens: 1500, stream: true });
        for await (const _ of stream) break;
    },
    async completions() {
        const answer = await client.completions.create({ model, prompt: ["The", "licence"], max_tokens: 3, logprobs: 1 });
        assert.deepEqual(answer.choices.map((choice) => choice.index), [0, 1]);
    },
    async faults() {
        await assert.rejects(client.chat.completions.create({ ...rest, temperature: 3 }), (error) =>
            error instanceof BadRequestError && error.status === 400 && error.message.includes("temperature"));
        await assert.rejects(client.chat.completions.create({ ...rest, model: "missing" }), (error) =>
            error instanceof NotFoundError && error.status === 404);
    },
};

for (const [check, call] of Object.entries(checks)) {
    let why = null;
    try {
        await call();
    } catch (error) {
        why = `${error.stack ?? error}`;
    }
    console.log(JSON.stringify({ check, why }));
}
