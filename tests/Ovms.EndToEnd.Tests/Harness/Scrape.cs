using Ovms.Tests.Observability;

namespace Ovms.EndToEnd.Tests.Harness;

/// <summary>Reads a server's metrics.</summary>
internal static class Scrape
{
    /// <summary>The metrics as they are.</summary>
    public static async Task<Exposition> NowAsync(OvmsServer server) => Exposition.Parse(await server.Http.GetStringAsync("/metrics"));

    /// <summary>Reads until a series has a value.</summary>
    /// <returns>The metrics with that value.</returns>
    public static async Task<Exposition> UntilAsync(OvmsServer server, string series, double value)
    {
        using CancellationTokenSource limit = new(OvmsProcess.Patience);
        while (true)
        {
            Exposition read = await NowAsync(server);
            if (read[series] == value)
            {
                return read;
            }

            await Task.Delay(5, limit.Token);
        }
    }
}
