using System.Globalization;
using Ovms.Status;

namespace Ovms.Frontends.Rest.OpenAi;

/// <summary>Sends failures of requests for text.</summary>
internal static class TextReply
{
    /// <summary>Sends a failure.</summary>
    /// <param name="context">The call.</param>
    /// <param name="failure">The failure.</param>
    /// <param name="retryAfter">When a caller may come again whom a full queue refused; other failures do not say it.</param>
    public static Task ErrorAsync(HttpContext context, Outcome failure, TimeSpan? retryAfter = null)
    {
        if (retryAfter is { } pause && failure.Code == StatusCode.GenerationQueueFull)
        {
            long seconds = Math.Max(1, (long)Math.Ceiling(pause.TotalSeconds));
            context.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        }

        return RestReply.ErrorAsync(context, failure);
    }
}
