using System.Text.Json;
using Ovms.Frontends.Rest.OpenAi;

namespace Ovms.Tests.Frontends.Rest.OpenAi;

/// <summary>The fields of requests for text: kinds, ranges, and the original's texts.</summary>
public class RequestTests
{
    private const string Messages = "\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]";

    [Test]
    [Arguments("", "Messages missing in request")]
    [Arguments("\"messages\":{}", "Messages are not an array")]
    [Arguments("\"messages\":[]", "Messages array cannot be empty")]
    [Arguments("\"messages\":[1]", "Message is not a JSON object")]
    [Arguments("\"messages\":[{}]", "Every message must have 'role' field")]
    [Arguments("\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"image_url\"}]}]", "This servable supports only text input, but image_url has been provided")]
    [Arguments("\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"video\"}]}]", "Unsupported content type")]
    [Arguments("\"messages\":[{\"role\":\"user\",\"content\":7}]", "Message content is neither a string nor an array of parts")]
    [Arguments("\"stream\":1," + Messages, "stream field is not a boolean")]
    [Arguments("\"stream_options\":{}," + Messages, "stream_options provided, but stream not set to true")]
    [Arguments("\"max_tokens\":0," + Messages, "max_tokens value should be greater than 0")]
    [Arguments("\"max_tokens\":-1," + Messages, "max_tokens is not an unsigned integer")]
    [Arguments("\"max_tokens\":\"7\"," + Messages, "max_tokens is not an unsigned integer")]
    [Arguments("\"max_tokens\":4294967296," + Messages, "max_tokens value can't be greater than 4294967295")]
    [Arguments("\"max_tokens\":100," + Messages, "max_tokens is 100; it must be below max_tokens_limit, which is 100 for this model")]
    [Arguments("\"max_completion_tokens\":101," + Messages, "max_completion_tokens is 101; it must not be above max_tokens_limit, which is 100 for this model")]
    [Arguments("\"temperature\":2.5," + Messages, "temperature out of range(0.0, 2.0)")]
    [Arguments("\"temperature\":\"1\"," + Messages, "temperature is not a valid number")]
    [Arguments("\"top_p\":0," + Messages, "top_p out of range(0.0, 1.0); Expected: above 0, at most 1")]
    [Arguments("\"min_p\":1," + Messages, "min_p out of range(0.0, 1.0); Expected: from 0, below 1")]
    [Arguments("\"top_k\":0," + Messages, "top_k must be -1 (all tokens) or a positive integer")]
    [Arguments("\"top_k\":1.5," + Messages, "top_k is not an integer")]
    [Arguments("\"repetition_penalty\":0," + Messages, "repetition_penalty must be above 0 and at most 3.4e38")]
    [Arguments("\"repetition_penalty\":1e308," + Messages, "repetition_penalty must be above 0 and at most 3.4e38")]
    [Arguments("\"frequency_penalty\":-2.1," + Messages, "frequency_penalty out of range(-2.0, 2.0)")]
    [Arguments("\"presence_penalty\":2.1," + Messages, "presence_penalty out of range(-2.0, 2.0)")]
    [Arguments("\"seed\":-1," + Messages, "seed out of range(0, 4294967295)")]
    [Arguments("\"stop\":[1]," + Messages, "stop array contains non string element")]
    [Arguments("\"stop\":{}," + Messages, "stop is not a string or array of strings")]
    [Arguments("\"stop\":[\"1\",\"2\",\"3\",\"4\",\"5\",\"6\",\"7\",\"8\",\"9\",\"0\",\"a\",\"b\",\"c\",\"d\",\"e\",\"f\",\"g\"]," + Messages, "stop array must have no more than 16 strings")]
    [Arguments("\"n\":3,\"best_of\":2," + Messages, "n value cannot be greater than best_of")]
    [Arguments("\"best_of\":20," + Messages, "best_of is 20; it must be below best_of_limit, which is 20 for this model, unless n is 20 too")]
    [Arguments("\"n\":21,\"best_of\":21," + Messages, "best_of is 21; it must not be above best_of_limit, which is 20 for this model")]
    [Arguments("\"n\":21," + Messages, "n is 21; it must not be above best_of_limit, which is 20 for this model")]
    [Arguments("\"best_of\":2,\"stream\":true," + Messages, "best_of cannot be used in streaming mode")]
    [Arguments("\"logit_bias\":{\"a\":1}," + Messages, "logit_bias: a is no token id; expected: a whole number from 0 to 2147483647")]
    [Arguments("\"logit_bias\":{\"1\":100.1}," + Messages, "logit_bias: token 1 has 100.1; expected: a number from -100 to 100")]
    [Arguments("\"logit_bias\":{\"1\":-100.1}," + Messages, "logit_bias: token 1 has -100.1; expected: a number from -100 to 100")]
    [Arguments("\"logit_bias\":{\"-1\":1}," + Messages, "logit_bias: -1 is no token id; expected: a whole number from 0 to 2147483647")]
    [Arguments("\"logit_bias\":{\"1\":1,\"01\":2}," + Messages, "logit_bias: token 1 is given twice; expected: once")]
    [Arguments("\"messages\":[{\"role\":\"assistant\",\"tool_calls\":5}]", "A message's tool_calls are not an array")]
    [Arguments("\"logit_bias\":[]," + Messages, "logit_bias is not an object of token ids and numbers")]
    [Arguments("\"stop\":\"\"," + Messages, "stop holds an empty string, which would end every answer at once; leave it out")]
    [Arguments("\"stop\":[\"a\",\"\"]," + Messages, "stop holds an empty string, which would end every answer at once; leave it out")]
    [Arguments("\"audio\":{\"voice\":\"x\"}," + Messages, "audio: this model answers with text only; leave the field out")]
    [Arguments("\"tool_choice\":{\"type\":\"function\",\"function\":{\"name\":\"f\"}}," + Messages, "tool_choice: only none and auto are served yet; a call of a function cannot be enforced")]
    [Arguments("\"tool_choice\":\"x\"," + Messages, "tool_choice x is unknown; expected: none or auto")]
    [Arguments("\"tool_choice\":7," + Messages, "tool_choice is not a string or object")]
    [Arguments("\"min_tokens\":-1," + Messages, "min_tokens is not an unsigned integer")]
    [Arguments("\"add_generation_prompt\":1," + Messages, "add_generation_prompt accepts values true or false")]
    [Arguments("\"chat_template_kwargs\":{\"add_generation_prompt\":1}," + Messages, "chat_template_kwargs.add_generation_prompt accepts values true or false")]
    [Arguments("\"top_logprobs\":1," + Messages, "top_logprobs is given without logprobs: true")]
    [Arguments("\"logprobs\":true,\"top_logprobs\":21," + Messages, "top_logprobs out of range(0, 20)")]
    [Arguments("\"tools\":{}," + Messages, "Tools are not an array")]
    [Arguments("\"tools\":[1]," + Messages, "Tool is not a JSON object")]
    [Arguments("\"tools\":[{\"type\":\"retrieval\"}]," + Messages, "Only function tools are supported")]
    [Arguments("\"tools\":[{\"type\":\"function\",\"function\":{}}]," + Messages, "Function object does not contain a valid name field")]
    [Arguments("\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\",\"parameters\":1}}]," + Messages, "Function parameters are not a valid JSON object")]
    [Arguments("\"tool_choice\":\"required\"," + Messages, "tool_choice: only none and auto are served yet; a call of a function cannot be enforced")]
    [Arguments("\"response_format\":{\"type\":\"json_object\"}," + Messages, "response_format json_object is not served yet; only text is")]
    [Arguments("\"modalities\":[\"text\",\"audio\"]," + Messages, "modalities: this model answers with text only; expected: [\"text\"]")]
    [Arguments("\"chat_template_kwargs\":1," + Messages, "chat_template_kwargs must be an object")]
    public async Task WrongChat_IsRefused(string fields, string expected)
    {
        RequestFields request = Fields(fields);
        ChatRequest.Read(request, new TextLimits(20, 100));
        await Assert.That(request.Fault.Detail).IsEqualTo(expected);
    }

    [Test]
    [Arguments("\"max_tokens\":100," + Messages, "max_tokens exceeds limit provided in graph config: 100")]
    [Arguments("\"max_completion_tokens\":101," + Messages, "max_completion_tokens exceeds limit provided in graph config: 100")]
    [Arguments("\"best_of\":20," + Messages, "best_of exceeds limit provided in graph config: 20")]
    [Arguments("\"n\":21," + Messages, "n exceeds limit provided in graph config: 20")]
    public async Task LimitsOfAGraph_AreToldInTheOriginalsWords(string fields, string expected)
    {
        RequestFields request = Fields(fields);
        ChatRequest.Read(request, new TextLimits(20, 100, IsOfGraph: true));
        await Assert.That(request.Fault.Detail).IsEqualTo(expected);
    }

    [Test]
    [Arguments("\"temperature\":null,\"max_tokens\":null,\"stop\":null,\"stream_options\":null,\"seed\":null,\"tools\":null")]
    [Arguments("\"stream\":true,\"stream_options\":{\"include_usage\":true,\"unknown\":1}")]
    [Arguments("\"max_completion_tokens\":100,\"max_tokens\":4000000000")]
    [Arguments("\"n\":2,\"best_of\":2,\"top_k\":-1,\"top_p\":1,\"temperature\":0")]
    [Arguments("\"n\":20,\"best_of\":20")]
    [Arguments("\"n\":2,\"best_of\":2,\"stream\":true")]
    [Arguments("\"response_format\":{\"type\":\"text\"},\"modalities\":[\"text\"],\"tool_choice\":\"auto\"")]
    [Arguments("\"user\":\"u\",\"store\":true,\"metadata\":{},\"num_assistant_tokens\":\"x\",\"max_ngram_size\":[]")]
    [Arguments("\"tools\":[{\"type\":\"function\",\"name\":\"flat\"}]")]
    [Arguments("\"logit_bias\":{},\"stop\":[]")]
    [Arguments("\"logprobs\":false,\"top_logprobs\":0")]
    [Arguments("\"logit_bias\":{\"0\":-100,\"1\":100}")]
    [Arguments("\"assistant_confidence_threshold\":\"x\"")]
    public async Task RightChat_IsTaken(string fields)
    {
        RequestFields request = Fields($"{fields},{Messages}");
        ChatRequest.Read(request, new TextLimits(20, 101));
        await Assert.That(request.Fault.Detail).IsNull();
    }

    // Of two faults the one of the earlier field is told: each of these is wrong, in the original's order.
    public static IEnumerable<string> InOrder() =>
    [
        "\"stream\":1", "\"stream_options\":1", "\"ignore_eos\":1", "\"max_tokens\":-1", "\"frequency_penalty\":9", "\"presence_penalty\":9",
        "\"repetition_penalty\":0", "\"length_penalty\":\"\"", "\"temperature\":9", "\"top_p\":9", "\"min_p\":9", "\"top_k\":0", "\"seed\":-1",
        "\"stop\":1", "\"include_stop_str_in_output\":1", "\"best_of\":0", "\"n\":0", "\"skip_special_tokens\":1", "\"modalities\":1",
        "\"audio\":1", "\"messages\":1", "\"tools\":1", "\"tool_choice\":1", "\"logprobs\":1", "\"max_completion_tokens\":-1",
        "\"response_format\":1",
    ];

    [Test]
    public async Task OfTwoFaults_TheEarlierFieldsIsTold()
    {
        string[] faults = [.. InOrder()];
        string[] alone = [.. faults.Select(static fault => FaultOf(fault.StartsWith("\"messages", StringComparison.Ordinal) ? fault : $"{fault},{Messages}"))];
        await Assert.That(alone.Distinct().Count()).IsEqualTo(faults.Length);
        for (int first = 0; first < faults.Length; first++)
        {
            for (int second = first + 1; second < faults.Length; second++)
            {
                // Not in the order of the body, but in the order of the checks.
                string fields = $"{faults[second]},{faults[first]}";
                fields = fields.Contains("\"messages", StringComparison.Ordinal) ? fields : $"{fields},{Messages}";
                await Assert.That(FaultOf(fields)).IsEqualTo(alone[first]).Because(fields);
            }
        }

        static string FaultOf(string fields)
        {
            RequestFields request = Fields(fields);
            ChatRequest.Read(request, new TextLimits(20, 100));
            return request.Fault.Detail!;
        }
    }

    [Test]
    [Arguments("\"prompt\":1,\"logprobs\":21", "prompt is not a string, nor an array of strings or of token ids")]
    [Arguments("\"prompt\":\"a\",\"echo\":1,\"logprobs\":21", "logprobs out of range(0, 20)")]
    [Arguments("\"prompt\":\"a\",\"echo\":1,\"max_tokens\":0", "echo accepts values true or false")]
    [Arguments("\"prompt\":1,\"temperature\":3", "temperature out of range(0.0, 2.0)")]
    [Arguments("\"prompt\":[{},{}],\"n\":9", "18 answers were asked for (prompts: 2, n: 9); this model computes at most 16 at a time (max_num_seqs)")]
    public async Task OfTwoFaultsOfACompletion_TheEarlierFieldsIsTold(string fields, string expected)
    {
        RequestFields request = Fields(fields);
        CompletionRequest.Read(request, new TextLimits(20, null) { Sequences = 16 });
        await Assert.That(request.Fault.Detail).IsEqualTo(expected);
    }

    [Test]
    public async Task LogitBias_HasALimitedNumberOfTokens()
    {
        foreach ((int count, string? expected) in new[] { (1024, null), (1025, (string?)"logit_bias may have at most 1024 tokens") })
        {
            RequestFields request = Fields($"\"logit_bias\":{{{string.Join(',', Enumerable.Range(0, count).Select(static id => $"\"{id}\":1"))}}},{Messages}");
            ChatRequest.Read(request, new TextLimits(20, null));
            await Assert.That(request.Fault.Detail).IsEqualTo(expected);
        }
    }

    [Test]
    public async Task StopText_HasALimitedLength()
    {
        foreach ((int length, string? expected) in new[] { (4096, null), (4097, (string?)"stop holds a string of 4097 characters; expected at most 4096") })
        {
            RequestFields request = Fields($"\"stop\":[\"a\",\"{new string('x', length)}\"],{Messages}");
            ChatRequest.Read(request, new TextLimits(20, null));
            await Assert.That(request.Fault.Detail).IsEqualTo(expected);
        }
    }

    [Test]
    [Arguments(256, 1, null)]
    [Arguments(128, 2, null)]
    [Arguments(257, 1, "257 answers were asked for (prompts: 257, n: 1); this model computes at most 256 at a time (max_num_seqs)")]
    [Arguments(129, 2, "258 answers were asked for (prompts: 129, n: 2); this model computes at most 256 at a time (max_num_seqs)")]
    public async Task Prompts_AreAsManyAsTheModelComputesAtATime(int count, int answers, string? expected)
    {
        RequestFields request = Fields($"\"n\":{answers},\"prompt\":[{string.Join(',', Enumerable.Repeat("[1]", count))}]");
        CompletionRequest read = CompletionRequest.Read(request, new TextLimits(20, null) { Sequences = 256 });
        await Assert.That(request.Fault.Detail).IsEqualTo(expected);
        await Assert.That(read.Prompts.Length).IsEqualTo(expected is null ? count : 0);
    }

    [Test]
    public async Task AnswersOfAChat_AreAsManyAsTheModelComputesAtATime()
    {
        RequestFields request = Fields($"\"n\":4,{Messages}");
        ChatRequest.Read(request, new TextLimits(20, null) { Sequences = 3 });
        await Assert.That(request.Fault.Detail).StartsWith("4 answers were asked for (prompts: 1, n: 4); this model computes at most 3 at a time");
    }

    [Test]
    [Arguments("\"prompt\":\"a\"", "a")]
    [Arguments("\"prompt\":[\"a\",\"b\"]", "a b")]
    [Arguments("\"prompt\":[1,2]", "1,2")]
    [Arguments("\"prompt\":[[1,2],[3]]", "1,2 3")]
    [Arguments("\"prompt\":[\"a\",[3]]", "a 3")]
    public async Task Prompts_AreTextsOrIds(string fields, string expected)
    {
        RequestFields request = Fields(fields);
        Prompt[] prompts = CompletionRequest.Read(request, new TextLimits(20, null)).Prompts;
        await Assert.That(request.Fault.Detail).IsNull();
        await Assert.That(string.Join(' ', prompts.Select(static prompt => prompt.Text ?? string.Join(',', prompt.Ids!)))).IsEqualTo(expected);
    }

    [Test]
    [Arguments("", "prompt is missing in request")]
    [Arguments("\"prompt\":1", "prompt is not a string, nor an array of strings or of token ids")]
    [Arguments("\"prompt\":[]", "prompt array cannot be empty")]
    [Arguments("\"prompt\":[1,-1]", "prompt: -1 is no token id; expected: a whole number from 0 to 2147483647")]
    [Arguments("\"prompt\":[{}]", "prompt is not a string, nor an array of strings or of token ids")]
    [Arguments("\"prompt\":\"a\",\"logprobs\":21", "logprobs out of range(0, 20)")]
    [Arguments("\"prompt\":\"a\",\"suffix\":\"b\"", "suffix is not served: an answer continues its prompt and knows no text after it; leave it out")]
    [Arguments("\"prompt\":\"a\",\"max_tokens\":0", "max_tokens value should be greater than 0")]
    [Arguments("\"prompt\":\"a\",\"modalities\":[\"audio\"]", "modalities: this model answers with text only; expected: [\"text\"]")]
    [Arguments("\"prompt\":\"a\",\"audio\":{}", "audio: this model answers with text only; leave the field out")]
    [Arguments("\"prompt\":\"a\",\"response_format\":{\"type\":\"json_schema\"}", "response_format json_schema is not served yet; only text is")]
    [Arguments("\"prompt\":\"a\",\"response_format\":\"text\"", "response_format is not an object")]
    public async Task WrongCompletion_IsRefused(string fields, string expected)
    {
        RequestFields request = Fields(fields);
        CompletionRequest.Read(request, new TextLimits(20, null));
        await Assert.That(request.Fault.Detail).IsEqualTo(expected);
    }

    [Test]
    public async Task PromptThatIsOnlyScored_MayHaveNoNewTokens()
    {
        RequestFields request = Fields("\"prompt\":\"a\",\"max_tokens\":0,\"echo\":true,\"logprobs\":0");
        CompletionRequest read = CompletionRequest.Read(request, new TextLimits(20, null));
        await Assert.That(request.Fault.Detail).IsNull();
        await Assert.That((read.MaxTokens, read.LogProbs, read.Echoes)).IsEqualTo((0L, 0, true));
    }

    private static RequestFields Fields(string fields) => new(JsonDocument.Parse("{" + fields.Trim(',') + "}").RootElement);
}
