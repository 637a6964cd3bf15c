using System.Text.Json;
using Ovms.Frontends.Rest.Body;
using Ovms.Generation;
using Ovms.Serving.Draining;
using Ovms.Serving.Table;
using Ovms.Status;

namespace Ovms.Frontends.Rest.OpenAi;

/// <summary>What all requests for text have in common: reads the body, leases the model that it names, and lets a handler answer.</summary>
/// <param name="settings">The options of the front end.</param>
/// <param name="registry">The models.</param>
/// <param name="drain">The end of serving.</param>
/// <param name="counts">Counts calls to models that cannot be leased.</param>
internal sealed class TextRoute(RestSettings settings, ServableRegistry registry, Drain drain, CallCounts counts)
{
    /// <summary>Handles a request whose answer may be a stream.</summary>
    /// <param name="context">The HTTP call.</param>
    /// <param name="answer">Answers it.</param>
    public Task GenerateAsync(HttpContext context, Func<TextExchange, Task> answer) => HandleAsync(context, answer, mayStream: true);

    /// <summary>Handles a request.</summary>
    /// <param name="context">The HTTP call.</param>
    /// <param name="answer">Answers it.</param>
    public Task HandleAsync(HttpContext context, Func<TextExchange, Task> answer) => HandleAsync(context, answer, mayStream: false);

    private async Task HandleAsync(HttpContext context, Func<TextExchange, Task> answer, bool mayStream)
    {
        using MemoryShare share = new MemoryShare().Of(settings.Memory.For(context));
        BodyBounds bounds = new(settings.MaxBodyBytes, share, settings.Arrival, drain.Draining);
        Outcome<TextBody> read = await TextBody.ReadAsync(context, bounds).ConfigureAwait(false);
        if (!read.IsOk)
        {
            await RestReply.ErrorAsync(context, read.WithoutValue).ConfigureAwait(false);
            return;
        }

        using TextBody body = read.Value;
        RequestFields fields = new(body.Root);
        Outcome<string> name = ReadModel(fields);
        if (!name.IsOk)
        {
            await RestReply.ErrorAsync(context, name.WithoutValue).ConfigureAwait(false);
            return;
        }

        Outcome<ServableLease> leased = registry.Lease(name.Value, "");
        using ServableLease? lease = leased.Value;
        bool isStream = mayStream && SamplingFields.ReadIsStream(fields);
        using TextMeter meter = new(context, lease is null ? counts.Find(name.Value, "") : lease.Servable.Metrics, isStream);

        // As in the original, the kind of stream comes before the model, and the model before all other fields.
        Outcome ready = !fields.Fault.IsOk ? fields.Fault
            : lease is null ? leased.WithoutValue
            : Check(name.Value, lease.Servable);
        if (!ready.IsOk)
        {
            meter.Statistics = lease?.Servable.Statistics;
            meter.End(ready);
            await RestReply.ErrorAsync(context, ready).ConfigureAwait(false);
            return;
        }

        // A stop waits for the answer, as for an inference.
        drain.Answers.Begin();
        try
        {
            LanguageModel language = (LanguageModel)lease!.Servable.Language!;
            meter.Statistics = lease.Servable.Statistics;
            await answer(new TextExchange(context, fields, name.Value, language, meter, share, drain.CutOff)).ConfigureAwait(false);
        }
        catch (InvalidOperationException) when (!context.Response.HasStarted && HasBadEscape(body.Root))
        {
            Outcome refusal = RequestFields.Refuse("A string has a \\u escape that is only half of a surrogate pair");
            meter.End(refusal);
            await RestReply.ErrorAsync(context, refusal).ConfigureAwait(false);
        }
        finally
        {
            drain.Answers.End();
        }
    }

    private static Outcome<string> ReadModel(RequestFields fields)
    {
        if (!fields.TryGet("model", out JsonElement model))
        {
            return RequestFields.Refuse("model field is missing in JSON body");
        }

        if (model.ValueKind != JsonValueKind.String)
        {
            return RequestFields.Refuse("model field is not a string");
        }

        return TryText(model, out string? name)
            ? name!
            : RequestFields.Refuse("model has a \\u escape that is only half of a surrogate pair");
    }

    private static Outcome Check(string name, Servable servable) =>
        servable.Language is not LanguageModel
            ? Outcome.Fail(
                StatusCode.WrongEndpoint,
                $"{name} is a model for inference: call /v2/models/{name}/infer, or name a model that generates text")
        : !servable.Health.IsReady ? servable.Health.Refuse()
        : Outcome.Ok;

    private static bool HasBadEscape(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().Any(static member => HasBadEscape(member.Value)),
        JsonValueKind.Array => element.EnumerateArray().Any(HasBadEscape),
        JsonValueKind.String => !TryText(element, out _),
        _ => false,
    };

    private static bool TryText(JsonElement element, out string? text)
    {
        try
        {
            text = element.GetString();
            return true;
        }
        catch (InvalidOperationException)
        {
            text = null;
            return false;
        }
    }
}
