namespace Ovms.Frontends.Rest.OpenAi;

/// <summary>The check of a request's limit on tokens.</summary>
internal static class TokenLimit
{
    /// <summary>Checks it.</summary>
    /// <param name="fields">Receives the fault.</param>
    /// <param name="name">The field that gave the limit.</param>
    /// <param name="tokens">The limit asked for; null = none.</param>
    /// <param name="most">
    /// The model's option; null = none. max_tokens must be below it, other fields may reach it, as in the original.
    /// </param>
    /// <param name="least">The least number allowed: 1, or 0 for a prompt that is only scored.</param>
    public static void Check(RequestFields fields, string name, long? tokens, int? most, int least = 1)
    {
        if (tokens is null)
        {
            return;
        }

        if (tokens < least)
        {
            fields.Fail($"{name} value should be greater than {least - 1}");
        }
        else if (tokens > most || (tokens == most && name == "max_tokens"))
        {
            fields.Fail($"{name} exceeds limit provided in graph config: {most}");
        }
    }
}
