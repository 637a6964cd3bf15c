using System.Globalization;
using Ovms.Status;

namespace Ovms.Frontends.Rest.OpenAi;

/// <summary>Sends failures of requests for text.</summary>
internal static class TextReply
{
    /// <summary>Sends a failure; one that a full queue caused says when to come again.</summary>
    public static Task ErrorAsync(HttpContext context, Outcome failure, TimeSpan? retryAfter = null)
    {
        if (retryAfter is { } pause)
        {
            long seconds = Math.Max(1, (long)Math.Ceiling(pause.TotalSeconds));
            context.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        }

        return RestReply.ErrorAsync(context, failure);
    }
}
